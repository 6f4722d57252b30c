package app

import (
	"log/slog"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrier/infobip"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/carrier/sip"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/carrier/telegram"
	"github.com/syssecure/syssecure/internal/carrier/telnyx"
	"github.com/syssecure/syssecure/internal/carrier/twilio"
	"github.com/syssecure/syssecure/internal/carrier/vonage"
	"github.com/syssecure/syssecure/internal/carrier/whatsapp"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/route"
)

// kinds are the kinds of carriers that this program has. A new kind is a package below internal/carrier and a line
// here.
var kinds = map[string]carrier.Factory{
	"http":             httpsms.Factory,
	"infobip":          infobip.Factory,
	"sip":              sip.Factory,
	"smpp":             smpp.Factory,
	"telegram-gateway": telegram.Factory,
	"telnyx":           telnyx.Factory,
	"twilio":           twilio.Factory,
	"twilio-voice":     twilio.VoiceFactory,
	"vonage":           vonage.Factory,
	"whatsapp":         whatsapp.Factory,
}

// LoadConfig reads the configuration, see config.Load.
func LoadConfig(path string, env []string) (*config.Config, error) {
	return config.Load(path, env, kinds)
}

// makeCarriers makes the carriers of the configuration. They do not connect yet.
func (a *App) makeCarriers() (callers map[string]carrier.CallbackHandler, err error) {
	callers = map[string]carrier.CallbackHandler{}
	for _, c := range a.Base.Config.Carriers {
		made, err := c.Settings.Make(c.Common, a.log)
		if err != nil {
			return nil, err
		}

		a.carriers = append(a.carriers, made)
		if caller, ok := made.(carrier.CallbackHandler); ok {
			callers[c.Common.Name] = caller
		}
	}

	return callers, nil
}

// RouteTable is what a server with the configuration makes plans from, in a mode. It connects to nothing.
func RouteTable(c *config.Config, mode id.Mode) (route.Table, error) {
	if mode == id.Test {
		return dispatch.RouteTable([]carrier.Carrier{sandbox.Carrier{}}, route.Table{}), nil
	}

	var carriers []carrier.Carrier
	for _, one := range c.Carriers {
		made, err := one.Settings.Make(one.Common, slog.New(slog.DiscardHandler))
		if err != nil {
			return route.Table{}, err
		}
		carriers = append(carriers, made)
	}

	return dispatch.RouteTable(carriers, route.Table{Rules: c.Routes, Prices: c.Prices, Costs: c.Costs}), nil
}
