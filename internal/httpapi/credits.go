package httpapi

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
)

func (s *Server) creditRoutes() {
	register(s, op("get-balance", "GET /v2/balance", account.ScopeRead, "Get the balance of credits"), s.balance)
	register(s, op("list-entries", "GET /v2/balance/entries", account.ScopeRead,
		"List the entries of the ledger"), s.listEntries)
	register(s, op("list-prices", "GET /v2/prices", account.ScopeRead, "List the prices of messages"), s.listPrices)
}

type balanceBody struct {
	Credits int64 `json:"credits" doc:"The credits that can be spent, without those that are held." example:"1000"`
	Held    int64 `json:"held" doc:"The credits held for messages in progress." example:"8"`
}

// sandboxCredits is shown to test keys: the sandbox costs nothing, and the live balance is not for them.
const sandboxCredits = 1_000_000

func (s *Server) balance(ctx context.Context, c account.Caller, _ *struct{}) (balanceBody, error) {
	if c.Mode == id.Test {
		return balanceBody{Credits: sandboxCredits}, nil
	}
	b, err := s.Admin.Balance(ctx, c.Account)
	return balanceBody{b.Credits, b.Held}, err
}

type entriesInput struct {
	Paging
	Kind string `query:"kind" enum:"grant,hold,capture,release,refund" doc:"Only entries of this kind." example:"grant"`
}

// entryBody is an entry of the ledger.
type entryBody struct {
	Seq       int64  `json:"seq" minimum:"1" doc:"The number of the entry: each account counts from 1 without gaps." example:"12"`
	Kind      string `json:"kind" enum:"grant,hold,capture,release,refund" doc:"grant: the operator gave credits, or took some back. hold: set aside before a message is sent. capture: a carrier accepted the message; negative when a failed receipt gave the credits back to the hold. release: the rest of a hold, given back. refund: a failed receipt gave back what was captured. More kinds may be added." example:"hold"`
	Credits   int64  `json:"credits" doc:"What it added to the credits that can be spent; negative for what it took." example:"-8"`
	Held      int64  `json:"held" doc:"What it added to the held credits; negative for what it took." example:"8"`
	Balance   int64  `json:"balance" doc:"The credits that could be spent after it." example:"992"`
	MessageID string `json:"message_id,omitempty" doc:"The message that it is for." example:"msg_01HWXYZABC123DEF4560000000"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

func showEntry(e admin.Entry) entryBody {
	b := entryBody{
		Seq: e.Seq, Kind: e.Kind.String(), Credits: e.Credits, Held: e.Held, Balance: e.Balance, CreatedAt: stamp(e.At),
	}
	if e.Message != (id.Message{}) {
		b.MessageID = e.Message.String()
	}
	return b
}

// listEntries reads the ledger from its newest entry. The cursor has the credits before the next one, too, so that a page
// can say what each entry left without adding up all that came after it.
func (s *Server) listEntries(ctx context.Context, c account.Caller, in *entriesInput) (page[entryBody], error) {
	var out pageBuilder[entryBody]
	cursor, err := s.openCursor(c, "entries", &chosen{status: in.Kind}, in.Cursor)
	if err != nil {
		return out.page, err
	}

	at := admin.EntryPosition{
		Below: int64(binary.BigEndian.Uint64(cursor[:8])), Credits: int64(binary.BigEndian.Uint64(cursor[8:])),
	}
	list, next, err := s.Admin.Entries(ctx, c, ledger.ParseKind(in.Kind), at, in.Limit)
	if err != nil {
		return out.page, err
	}

	for _, e := range list {
		out.add(showEntry(e)) // a hundred of them always fit
	}
	binary.BigEndian.PutUint64(cursor[:8], uint64(next.Below))
	binary.BigEndian.PutUint64(cursor[8:], uint64(next.Credits))
	out.NextCursor = s.sealCursor(c, "entries", &chosen{status: in.Kind}, cursor)

	return out.page, nil
}

// priceBody is a price of the server's configuration.
type priceBody struct {
	Channel string `json:"channel" enum:"whatsapp,sms,telegram,voice" example:"sms"`
	Prefix  string `json:"prefix" doc:"The first digits of the numbers, with their calling code; empty for all others. The longest that matches counts." example:"32"`
	Country string `json:"country,omitempty" doc:"The ISO 3166-1 code of the main country of the prefix." example:"BE"`
	Unit    string `json:"unit" enum:"segment,message,call" example:"segment"`
	Credits int64  `json:"credits" minimum:"0" doc:"What a unit costs." example:"8"`
	Cost    *int64 `json:"cost,omitempty" minimum:"0" doc:"What a unit costs the operator, in credits, over every carrier for which no other cost is configured. Shown to keys with the scope operator only." example:"5"`
}

// listPrices lists what live messages cost. Those of the sandbox, and those without a price, cost nothing.
func (s *Server) listPrices(_ context.Context, c account.Caller, _ *struct{}) (page[priceBody], error) {
	var out page[priceBody]
	for _, p := range s.Engine.Prices() {
		out.rows = append(out.rows, encodeRow(new(bytes.Buffer), priceBody{
			Channel: p.Channel.String(), Prefix: strings.TrimPrefix(p.Prefix, "+"), Country: p.Country, Unit: p.Unit,
			Credits: p.Credits, Cost: viewerOf(c).cost(p.Cost),
		}))
	}

	return out, nil
}
