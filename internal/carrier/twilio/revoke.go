package twilio

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"
)

var callSID = regexp.MustCompile(`^CA[0-9a-f]{32}$`)

// Revoke implements carrier.Revoker: it ends a call that is queued, rings or is under way
// (twilio.com/docs/voice/api/call-resource). One whose submit was not answered has no id, and goes on.
func (c *Voice) Revoke(ctx context.Context, id, _ string) error {
	if !callSID.MatchString(id) {
		return nil
	}
	to := *c.url
	to.Path = strings.TrimSuffix(to.Path, ".json") + "/" + id + ".json"

	call := c.Client().Call(&to, c.header)
	defer c.Client().Release(call)
	call.Out.WriteString(url.Values{"Status": {"completed"}}.Encode())
	answer, failed := c.Client().Do(ctx, call)
	switch {
	case failed != nil:
		return errors.New(failed.Cause)
	case answer.Status/100 != 2:
		return errors.New(read(answer, "", time.Now()).Cause)
	}

	return nil
}
