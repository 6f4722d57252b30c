package live

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"syscall"
	"time"
)

// accepted verifies a delivery in both ways, and returns the event.
func (c *check) accepted(d delivery, secrets ...string) value {
	verified := c.result("verify_webhook", c.send(d.command("verify_webhook", secrets...)))
	c.equal("verify_webhook", verified, true)
	return c.result("construct_event", c.send(d.command("construct_event", secrets...)))
}

// refusedEvent fails unless a delivery is not accepted.
func (c *check) refusedEvent(d delivery, secret string) {
	failure := c.failure("construct_event", "WebhookSignatureError", c.send(d.command("construct_event", secret)))
	c.equal("reason", failure.get("reason"), "no_match")
}

// webhooks lets the server send real webhooks to an endpoint, and does with it all that the API offers.
func webhooks(r *receiver) func(*check) {
	return func(c *check) {
		r.forget()
		made := c.call("webhook_endpoints.create", object{"url": r.url("/hook"), "events": []string{"*"}})
		id, old := made.get("id"), made.get("secret").String()
		order := object{"orderId": "1042"}
		sent := c.call("sms.send", object{"to": deliveredNumber, "body": "Hello", "metadata": order})
		d := r.wait(c, "/hook", object{"event": "message.delivered", "message_id": sent.get("id").v})
		event := c.accepted(d, old)
		c.equal("type", event.get("type"), "message.delivered")
		c.equal("message_id", event.get("message_id"), sent.get("id").v)
		c.equal("metadata.orderId", event.get("metadata.orderId"), "1042")
		c.must(event.get("at").exists(), "at is absent: %s", event)

		c.refusedEvent(d, "whsec_of_somebody_else")
		changed := d
		changed.body = bytes.Replace(d.body, []byte("1042"), []byte("1043"), 1)
		c.refusedEvent(changed, old)
		c.rotation(r, id, old)
		c.again(r, id)
		c.equal("deleted", c.call("webhook_endpoints.delete", object{"webhook_id": id}).get("deleted"), true)
	}
}

// rotation has a time in which both secrets sign.
func (c *check) rotation(r *receiver, id value, old string) {
	rotated := c.call("webhook_endpoints.rotate_secret", object{"webhook_id": id, "overlap": 600})
	r.forget()
	tried := c.call("webhook_endpoints.test", object{"webhook_id": id, "event": "otp.verified"})
	c.equal("delivered", tried.get("delivered"), true)
	d := r.wait(c, "/hook", object{"event": "otp.verified"})
	c.equal("type", c.accepted(d, old).get("type"), "otp.verified")
	c.equal("test", c.accepted(d, "whsec_another", rotated.get("secret").String()).get("test"), true)
}

// again looks at the deliveries, and asks for one of them, and then for all of the last hour.
func (c *check) again(r *receiver, id value) {
	target := object{"webhook_id": id}
	deliveries := c.iterate("webhook_endpoints.deliveries", target, 0)
	if c.must(len(deliveries) > 0, "there are no deliveries"); c.err != nil {
		return
	}

	last := deliveries[0]
	r.forget()
	c.call("webhook_endpoints.redeliver", object{"webhook_id": id, "event_id": last.get("id")})
	r.wait(c, "/hook", object{})

	since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	recovered := c.call("webhook_endpoints.recover", object{"webhook_id": id, "since": object{"$time": since}})
	c.must(recovered.get("queued").exists(), "queued is absent")
	c.equal("url", c.call("webhook_endpoints.get", target).get("url"), r.url("/hook"))
	c.must(len(c.iterate("webhook_endpoints.list", object{}, 0)) > 0, "webhook_endpoints.list is empty")
	changed := c.call("webhook_endpoints.update", object{"webhook_id": id, "description": "changed"})
	c.equal("description", changed.get("description"), "changed")
	c.must(len(c.iterate("webhook_endpoints.event_types", object{}, 0)) > 9, "event_types is short")
}

// callbacks go to the address that a message names, and have a secret of the account.
func callbacks(r *receiver) func(*check) {
	return func(c *check) {
		r.forget()
		sent := c.call("sms.send", object{"to": deliveredNumber, "body": "Hello", "callback_url": r.url("/callback")})
		d := r.wait(c, "/callback", object{"event": "message.delivered"})
		event := c.accepted(d, c.session.server.CallbackSecret)
		c.equal("message_id", event.get("message_id"), sent.get("id").v)
		rotated := c.call("webhook_endpoints.rotate_callback_secret", object{"overlap": 0})
		c.session.server.CallbackSecret = rotated.get("secret").String()
	}
}

// listen gets webhooks through the program's own command, as on a developer's machine.
func listen(r *receiver) func(*check) {
	return func(c *check) {
		const secret = "whsec_of_the_developer"
		command := c.session.server.Command(c.session.ctx, "listen", "--forward", r.url("/listen"))
		command.Env = append(command.Env, "SYSSECURE_BASE_URL="+c.session.server.URL,
			"SYSSECURE_API_KEY="+c.session.server.TestKey, "SYSSECURE_WEBHOOK_SECRET="+secret)
		out, err := command.StdoutPipe()
		if err != nil {
			c.failOn(err)
			return
		}
		if err := command.Start(); err != nil {
			c.failOn(err)
			return
		}
		defer func() {
			// It ends because of the signal, whatever else it would say.
			_ = command.Process.Signal(syscall.SIGTERM)
			_, _ = io.Copy(io.Discard, out)
			_ = command.Wait()
		}()
		// From its first line on, it forwards what happens.
		_, err = bufio.NewReader(out).ReadString('\n')
		c.failOn(err)

		sent := c.call("otp.send", object{"to": deliveredNumber, "channels": sms})
		c.verify(sent, "000000")
		d := r.wait(c, "/listen", object{"event": "otp.verified", "otp_id": sent.get("id").v})
		c.equal("type", c.accepted(d, secret).get("type"), "otp.verified")
	}
}

// unknownEvent is one of a newer server, with a type, a status, a reason and fields that no SDK knows.
func unknownEvent(c *check) {
	const secret = "whsec_of_a_newer_server"
	body := []byte(`{"event":"parcel.teleported","message_id":"msg_1","channel":"pigeon","status":"hovering",` +
		`"reason":"wind","parcel":{"weight":[1,2.5,null]},"teleported_at":"2031-04-25T15:28:14.5Z"}`)
	now := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", now, body)
	d := delivery{body: body, signature: "t=" + now + ",v1=" + hex.EncodeToString(mac.Sum(nil)) + ",v9=new"}

	event := c.accepted(d, secret)
	c.equal("type", event.get("type"), "parcel.teleported")
	c.equal("channel", event.get("channel"), "pigeon")
	c.equal("status", event.get("status"), "hovering")
	c.equal("reason", event.get("reason"), "wind")
}
