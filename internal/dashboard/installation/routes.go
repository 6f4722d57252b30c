package installation

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
)

// routePage is what the screen shows: the question, and the plan when there is one.
type routePage struct {
	To       string
	Channels []channelChoice
	Faults   []fault.FieldError
	Plan     *engine.RoutePlan
	// Holds is what a send costs at most, in words.
	Holds string
	Steps []routeStep
	Table routeTable
}

type channelChoice struct {
	Name    string
	Checked bool
}

// routeStep is a step of the plan with its texts.
type routeStep struct {
	engine.RouteStep

	Price, Costs, Wait, Wrong string
}

// routes answers which way a message to a number would go. It sends nothing.
func routes(q *screen.Request) (screen.Answer, error) {
	out := routePage{To: q.Value("to")}
	question := engine.RouteQuestion{To: screen.ReadNumber(out.To), Mode: id.Live}
	chosen := map[string]bool{}
	for _, name := range q.Form["channel"] {
		if c, err := message.ParseChannel(name); err == nil && !chosen[name] {
			question.Channels, chosen[name] = append(question.Channels, c), true
		}
	}
	for _, name := range []string{"whatsapp", "sms", "telegram", "voice"} {
		out.Channels = append(out.Channels, channelChoice{name, chosen[name]})
	}

	status := http.StatusOK
	if out.To != "" {
		plan, err := q.Verbs.Engine.ExplainRoute(q.Context(), question)
		switch {
		case err != nil && !screen.FormFault(err):
			return nil, err
		case err != nil:
			out.Faults, status = q.FaultsOf(err), fault.From(err).Status
		default:
			out.Plan, out.Steps = &plan, stepsOf(q, plan)
			out.Holds = q.Count(int(plan.Credits), "a send holds %s credit at first", "a send holds %s credits at first")
		}
	}

	out.Table = tableOf(q)
	api := url.Values{"to": {question.To}}
	if len(question.Channels) > 0 {
		api.Set("channels", strings.Join(q.Form["channel"], ","))
	}

	return screen.Page{
		Template: "routes", Title: q.Text("Routes"), Data: out, Status: status,
		API: "GET /v2/routes/explain?" + api.Encode(),
	}, nil
}

func stepsOf(q *screen.Request, p engine.RoutePlan) (steps []routeStep) {
	for _, s := range p.Steps {
		one := routeStep{RouteStep: s, Price: fmt.Sprintf("%d / %s", s.Credits, s.Unit), Wrong: q.Sentence(s.Trouble)}
		if s.Cost != nil {
			one.Costs = fmt.Sprintf("%d / %s", *s.Cost, s.Unit)
		}
		switch {
		case !s.Receipts:
			one.Wait = q.Text("no receipts: accepting it is the end")
		default:
			one.Wait = fmt.Sprintf("%g s", s.WaitSeconds)
		}
		steps = append(steps, one)
	}

	return steps
}
