// Command barehook is the baseline of the webhook benchmark: it posts a body with the same headers and signatures as
// SysSecure, from memory, and stores nothing.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

func main() {
	url, secret, body := os.Args[1], os.Args[2], []byte(os.Args[3])
	count, _ := strconv.Atoi(os.Args[4])
	clients, _ := strconv.Atoi(os.Args[5])
	fmt.Println("ready")
	if _, err := os.Stdin.Read(make([]byte, 1)); err != nil {
		log.Fatal(err)
	}

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 15 * time.Second}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := c; n < count; n += clients {
				post(client, url, secret, fmt.Sprintf("evt_%026d", n), body)
			}
		})
	}
	wg.Wait()
	fmt.Println("done")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until its processor time was read
}

func post(client *http.Client, url, secret, event string, body []byte) {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	ours, standard := hmac.New(sha256.New, []byte(secret)), hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(ours, "%s.%s", at, body)
	fmt.Fprintf(standard, "%s.%s.%s", event, at, body)
	r, _ := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "SysSecure-Webhooks/1.0")
	r.Header.Set("X-SysSecure-Signature", "t="+at+",v1="+hex.EncodeToString(ours.Sum(nil)))
	r.Header.Set("X-SysSecure-Event", "message.delivered")
	r.Header.Set("X-SysSecure-Event-Id", event)
	r.Header.Set("X-SysSecure-Attempt", "1")
	r.Header.Set("webhook-id", event)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(standard.Sum(nil)))
	resp, err := client.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}
