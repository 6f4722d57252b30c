// Command bare is the baseline of the benchmark: the same two endpoints and the same call of the carrier as SysSecure,
// over net/http, without state or checks.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	listen, carrier := os.Args[1], os.Args[2]
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}, Timeout: 10 * time.Second}
	http.HandleFunc("POST /v2/otp/send", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			To       string   `json:"to"`
			Channels []string `json:"channels"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}

		body, _ := json.Marshal(map[string]string{
			"id": in.To, "channel": in.Channels[0], "to": in.To, "body": "000000 is your verification code.",
			"from": "",
		})
		req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, carrier, bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}

		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		answer(w, map[string]any{
			"otp_id": "otp_01HWXYZABC123DEF4560000000", "status": "sent", "channel": in.Channels[0], "to": in.To,
			"expires_at": time.Now().Add(5 * time.Minute).UTC().Format(time.RFC3339),
			"created_at": time.Now().UTC().Format(time.RFC3339),
		})
	})

	http.HandleFunc("POST /v2/otp/verify", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			OTPID string `json:"otp_id"`
			Code  string `json:"code"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{
			"valid": true, "otp_id": in.OTPID, "verified_at": time.Now().UTC().Format(time.RFC3339),
		})
	})
	fmt.Println("listening on", listen)
	log.Fatal(http.ListenAndServe(listen, nil))
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
