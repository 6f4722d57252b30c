package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Verdicts on what became of a number's codes and texts.
const (
	VerdictNoRequest = "no_request" // nothing was accepted for it
	VerdictRefused   = "refused"    // nothing was accepted, and a send would be refused now
	VerdictFailed    = "failed"
	VerdictWaiting   = "waiting" // no carrier has accepted it, or no receipt has come
	VerdictDelivered = "delivered"
	VerdictWrongCode = "wrong_code" // wrong codes were entered
	VerdictVerified  = "verified"
	VerdictExpired   = "expired"
	VerdictCanceled  = "canceled"
)

// Finding is one thing that happened to a number, true to a stored row.
type Finding struct {
	At   time.Time
	Kind string
	Text string
	// OTP, Message and the attempt's Channel, Carrier and CarrierCode are empty where there is none.
	OTP, Message, Channel, Carrier, CarrierCode string
}

// NumberFacts is what is stored of a number.
type NumberFacts struct {
	OptOut store.OptOut
	// OptOutBlocksOTP is the account's setting now.
	OptOutBlocksOTP bool
	// Next is what a code meets that is asked for now, and Troubles what is wrong with carriers now, by their names.
	Next     NextSend
	Troubles map[string]string
	// GuessLimit is the limit of wrong codes that the number has reached now.
	GuessLimit *guard.Refusal
	// OTPs and Texts are those since Since, oldest first. Partial is set when more may be stored than was read.
	OTPs       []query.OTP
	Texts      []query.Message
	Partial    bool
	Since, Now time.Time
}

// NumberReport says in plain words what happened to a number.
type NumberReport struct {
	Verdict, Summary string
	// Next says what a code meets that is asked for now, and Cause what stops it, if anything does.
	Next     string
	Cause    string
	Findings []Finding // oldest first
	Advice   []string
}

// Explain is the rule that makes a report of facts.
func (f NumberFacts) Explain() (r NumberReport) {
	for _, o := range f.OTPs {
		r.explainOTP(o, f.Now)
	}
	for _, m := range f.Texts {
		r.find(Finding{At: m.CreatedAt, Kind: "request", Text: "A text was accepted for sending.", Message: m.ID.String()})
		r.explainMessage(m.Message.Message, "")
	}
	f.explainNow(&r)
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return a.At.Compare(b.At) })

	switch newest := len(f.OTPs) - 1; {
	case newest >= 0 && (len(f.Texts) == 0 || !f.Texts[len(f.Texts)-1].CreatedAt.After(f.OTPs[newest].CreatedAt)):
		r.judgeOTP(f.OTPs[newest])
	case len(f.Texts) > 0:
		r.judgeMessages([]message.Message{f.Texts[len(f.Texts)-1].Message.Message}, "text")
	default:
		f.judgeNothing(&r)
	}
	f.judgeNext(&r)
	if f.Partial {
		r.advise("The account has so many codes that not all of the last 24 hours were searched. Search by otp_id instead.")
	}

	return r
}

func (r *NumberReport) find(f Finding) { r.Findings = append(r.Findings, f) }

func (r *NumberReport) advise(text string) { r.Advice = append(r.Advice, text) }

// explainOTP adds what happened to a code.
func (r *NumberReport) explainOTP(o query.OTP, now time.Time) {
	code := o.ID.String()
	for i, m := range o.Sent {
		text := "A code was accepted for sending."
		if i > 0 {
			text = "The code was sent again."
		}
		r.find(Finding{At: m.CreatedAt, Kind: "request", Text: text, OTP: code, Message: m.ID.String()})
		r.explainMessage(m.Message, code)
	}
	known := o.CreatedAt // the newest time that is known of the code
	for _, f := range r.Findings {
		if f.OTP == code && f.At.After(known) {
			known = f.At
		}
	}
	if n := o.FailedGuesses; n > 0 {
		text := fmt.Sprintf("Since the code was made, a wrong one was entered %s; %d of %d checks are left.", times(n), o.Left(),
			o.MaxAttempts)
		r.find(Finding{At: known, Kind: "check", Text: text, OTP: code})
	}

	end := Finding{Kind: "result", OTP: code}
	switch o.State() {
	case "verified":
		end.At, end.Text = o.VerifiedAt, "The right code was entered."
	case "expired":
		end.At, end.Text = o.ExpiresAt, "The code expired before the right one was entered."
	case "canceled":
		end.At, end.Text = known, "The code was canceled, or replaced by a newer one."
	default:
		return
	}
	if !end.At.After(now) {
		r.find(end)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// explainMessage adds a message's attempts and receipts.
func (r *NumberReport) explainMessage(m message.Message, code string) {
	for i, a := range m.Attempts {
		step := m.StepOf(i)
		f := Finding{
			At: a.At, Kind: "attempt", OTP: code, Message: m.ID.String(), Channel: step.Channel.String(),
			Carrier: step.Carrier, CarrierCode: a.CarrierCode,
		}
		over := fmt.Sprintf("%s by %s", step.Carrier, step.Channel)
		if a.Submits > 1 {
			r.findEarlier(m, i, f, over)
			over += " again"
		} else if i > 0 {
			over = "the next step, " + over
		}

		switch {
		case a.Progress == message.AttemptRejected && a.Closed:
			f.Kind, f.Text = "receipt", fmt.Sprintf("Given to %s. A receipt says that it was not delivered: %s.", over, why(a))
		case a.Progress == message.AttemptRejected:
			f.Text = fmt.Sprintf("Given to %s. The carrier rejected it: %s.", over, why(a))
		case a.Progress == message.AttemptRetrying:
			f.Text = fmt.Sprintf("Given to %s. The carrier did not take it, and it is tried again: %s.", over, why(a))
		case a.Progress == message.AttemptUnknown:
			f.Text = fmt.Sprintf("Given to %s. The carrier gave no answer, so it is not known whether it took it.", over)
		case a.Progress == message.AttemptSubmitting:
			f.Text = fmt.Sprintf("Given to %s. There is no answer yet.", over)
		case a.Progress == message.AttemptAccepted && !step.Receipts:
			f.Text = fmt.Sprintf("Given to %s. The carrier accepted it; it sends no receipts.", over)
		case a.Progress == message.AttemptAccepted:
			f.Text = fmt.Sprintf("Given to %s. The carrier accepted it, and no receipt has come.", over)
		default:
			f.Text = fmt.Sprintf("Given to %s. The carrier accepted it.", over)
		}
		r.find(f)
	}
	r.explainReceipts(m, code)
}

// findEarlier adds the submits of a step before its newest one, of which only the number is kept. Without them, the step
// would seem to have begun after those that followed it.
func (r *NumberReport) findEarlier(m message.Message, i int, f Finding, over string) {
	at, _ := m.FirstSubmit(i)
	f.At, f.CarrierCode = at, ""
	if i > 0 {
		over = "the next step, " + over
	}
	f.Text = fmt.Sprintf("Given to %s. It was not settled by that, and was tried again later.", over)
	if n := m.Attempts[i].Submits - 1; n > 1 {
		f.Text = fmt.Sprintf("Given to %s, %s from this time on. It was not settled by that, and was tried again later.", over,
			times(n))
	}
	r.find(f)
}

func (r *NumberReport) explainReceipts(m message.Message, code string) {
	step := m.ShownStep()
	f := Finding{
		Kind: "receipt", OTP: code, Message: m.ID.String(), Channel: step.Channel.String(), Carrier: step.Carrier,
	}
	if f.At = m.DeliveredAt; !f.At.IsZero() {
		f.Text = "A receipt says that the phone received it."
		r.find(f)
	}
	if f.At = m.ReadAt; !f.At.IsZero() {
		f.Text = "A receipt says that it was read."
		r.find(f)
	}
}

// why is the reason of an attempt in words, with the carrier's code.
func why(a message.Attempt) string {
	text := cmp.Or(reasonWords[a.Reason], "no reason was given")
	if a.CarrierCode != "" {
		text += " (" + a.CarrierCode + ")"
	}
	return text
}

var reasonWords = map[message.Reason]string{
	message.InvalidDestination: "the number does not exist or cannot get messages",
	message.NotOnChannel:       "the number does not use this channel",
	message.Unreachable:        "the phone could not be reached, because it was off or out of range",
	message.CarrierRejected:    "the carrier refused the message",
	message.BlockedByRecipient: "the user has blocked the sender",
	message.OptedOut:           "the user has opted out",
	message.ExpiredInTransit:   "it expired before the phone could be reached",
	message.TemplateRejected:   "the template is not approved",
	message.SenderNotAllowed:   "the sender is not allowed for this number",
	message.CarrierError:       "the carrier had an error",
	message.CarrierTimeout:     "the carrier did not answer in time",
	message.NoAnswer:           "nobody answered the call",
	message.Busy:               "the line was busy",
	message.UnknownReason:      "the carrier gave no reason that is known",
}

// explainNow adds the opt-out, which happened at its time, and what would stop a code now.
func (f NumberFacts) explainNow(r *NumberReport) {
	if o := f.OptOut; !o.At.IsZero() {
		r.find(Finding{At: o.At, Kind: "opt_out", Text: map[string]string{
			"keyword": "The user opted out by a keyword.", "api": "The number was opted out over the API.",
			"carrier": "The carrier reported an opt-out.",
		}[o.Source]})
	}
	if l := f.GuessLimit; l != nil {
		r.find(Finding{At: f.Now, Kind: "limit", Text: fmt.Sprintf(
			"Too many wrong codes were entered for this number: checks are refused for %s.", span(l.After))})
	}

	r.Next, r.Cause = f.nextText(), f.cause()
	if f.Next.Refused == nil {
		if !f.OptOut.At.IsZero() {
			r.Next += " Texts are refused, because the number has opted out; the account's settings let codes pass."
		}
		return
	}
	kind := "refusal"
	if f.Next.passes() {
		kind = "limit"
	}
	r.find(Finding{At: f.Now, Kind: kind, Text: r.Next})
}

// judgeNothing judges a number for which nothing was accepted.
func (f NumberFacts) judgeNothing(r *NumberReport) {
	if f.Next.Refused != nil {
		r.Verdict, r.Summary = VerdictRefused, "Nothing was accepted in the last 24 hours."
		return
	}
	r.Verdict = VerdictNoRequest
	r.Summary = "No message to this number was accepted in the last 24 hours. If one was asked for, the request was refused."
	r.advise("Check that your application asks for a code. The request log has each refused request with its reason, but " +
		"no numbers.")
	r.advise("Most requests are refused for want of credits, an opt-out, a country that is not allowed, a limit, or a channel " +
		"without a carrier.")
}

// judgeNext adds to the judgement what stops the next code, unless it passes by itself.
func (f NumberFacts) judgeNext(r *NumberReport) {
	if f.Next.Refused != nil && (r.Verdict == VerdictRefused || !f.Next.passes()) {
		r.Summary += " " + r.Next
		r.advise(f.Next.advice())
	}
	if r.Verdict != VerdictWaiting {
		return
	}
	if blocked := f.blocked(f.waitingFor()); blocked != "" {
		r.Summary += " No carrier of its route works now: " + blocked + "."
		r.advise("An operator resumes paused carriers, and sees what is wrong with the others.")
	}
}

// waitingFor are the carriers of the newest message; none when one of them has it.
func (f NumberFacts) waitingFor() (carriers []string) {
	m, found := f.newest()
	if !found || m.State != message.Pending {
		return nil
	}
	for _, step := range m.Plan {
		carriers = append(carriers, step.Carrier)
	}

	return carriers
}

// newest is the newest message of the number.
func (f NumberFacts) newest() (m message.Message, found bool) {
	for _, o := range f.OTPs {
		for _, sent := range o.Sent {
			if !found || sent.CreatedAt.After(m.CreatedAt) {
				m, found = sent.Message, true
			}
		}
	}
	for _, text := range f.Texts {
		if !found || text.CreatedAt.After(m.CreatedAt) {
			m, found = text.Message.Message, true
		}
	}

	return m, found
}

// judgeOTP judges by the newest code.
func (r *NumberReport) judgeOTP(o query.OTP) {
	var sent []message.Message
	for _, m := range o.Sent {
		sent = append(sent, m.Message)
	}

	state := o.State()
	switch {
	case state == "verified":
		r.Verdict, r.Summary = VerdictVerified, "The newest code was verified."
		return
	case state == "canceled":
		r.Verdict, r.Summary = VerdictCanceled, "The newest code was canceled before it was verified."
		return
	case o.Status != otp.Failed && o.FailedGuesses > 0:
		r.Verdict = VerdictWrongCode
		r.Summary = fmt.Sprintf("The newest code was sent, but a wrong code was entered %s.", times(o.FailedGuesses))
		if o.Left() == 0 {
			r.advise("No check is left for this code. The application asks for a new one with force_new.")
		} else {
			r.advise("The user may have entered an older code: only the newest one counts.")
		}
		return
	}

	r.judgeMessages(sent, "code")
	if state == "expired" && r.Verdict != VerdictFailed {
		arrived := r.Verdict == VerdictDelivered
		r.Verdict, r.Summary, r.Advice = VerdictExpired, "The newest code expired, and no receipt says that it arrived.", nil
		if arrived {
			r.Summary = "The newest code was delivered, and expired without being entered."
		}
		r.advise("Send another code. If codes expire before they arrive, name a second channel, or a longer expires_in.")
	}
}

// judgeMessages judges by the best that became of messages.
func (r *NumberReport) judgeMessages(sent []message.Message, what string) {
	best := message.State(0)
	for _, m := range sent {
		if m.State == message.Delivered || m.State == message.Read {
			best = message.Delivered
		}
	}
	if best == 0 && len(sent) > 0 {
		best = sent[len(sent)-1].State
	}

	switch best {
	case message.Delivered:
		r.Verdict, r.Summary = VerdictDelivered, fmt.Sprintf("The newest %s was delivered, by a receipt of its carrier.", what)
		r.advise("Ask the user to look at the other inboxes of the phone: spam, unknown senders, another device.")
	case message.Sent:
		r.Verdict, r.Summary = VerdictWaiting, fmt.Sprintf("A carrier accepted the newest %s, and no receipt has come.", what)
		r.advise("Give the provider the time and its id of the message, or try another channel.")
	case message.Failed:
		m := sent[len(sent)-1]
		r.Verdict = VerdictFailed
		r.Summary = fmt.Sprintf("The newest %s failed: %s.", what,
			why(message.Attempt{Reason: m.Reason, CarrierCode: m.CarrierCode}))
		r.advise("Try another channel, or ask the user for another number.")
	case message.Canceled:
		r.Verdict, r.Summary = VerdictCanceled, fmt.Sprintf("The newest %s was canceled before it was sent.", what)
	default:
		r.Verdict, r.Summary = VerdictWaiting, fmt.Sprintf("No carrier has accepted the newest %s yet.", what)
		r.advise("It is tried until it expires.")
	}
}
