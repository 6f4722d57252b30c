package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/syssecure/syssecure/internal/answers"
	"github.com/syssecure/syssecure/internal/fault"
)

// isList reports whether an operation's answer may be large.
func isList(op *huma.Operation) bool {
	switch op.OperationID {
	case "get-usage", "get-conversion", "sandbox-messages":
		return true
	}
	return op.Method == http.MethodGet && strings.HasPrefix(op.OperationID, "list-")
}

// limitLists is the gate of lists, after authentication.
func (s *Server) limitLists(ctx huma.Context, next func(huma.Context)) {
	if !isList(ctx.Operation()) {
		next(ctx)
		return
	}

	r, w := humago.Unwrap(ctx)
	req := requestOf(r.Context())
	ready, written, ok := s.lists.Enter(r.Context(), req.caller.Account)
	if !ok {
		s.refuse(w, r, fault.Limited(strconv.Itoa(answers.OfAccount), "lists_at_once", time.Second,
			"too many lists are being read at the same time; "+
				"read each answer to its end before you request the next page"))
		return
	}

	defer written()
	req.answerReady = ready

	next(ctx)
}
