// Command webhook_server prints the events that a SysSecure server posts to it.
//
//	WEBHOOK_SECRET=whsec_… go run . 127.0.0.1:8081
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
)

func main() {
	secret := os.Getenv("WEBHOOK_SECRET")
	if len(os.Args) != 2 || secret == "" {
		fmt.Fprintln(os.Stderr, "usage: WEBHOOK_SECRET=whsec_… webhook_server 127.0.0.1:8081")
		os.Exit(2)
	}

	server := &http.Server{Addr: os.Args[1], Handler: receiver(secret), ReadTimeout: 10 * time.Second}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// receiver answers 204 when it has the event, so that it is not sent again, and 400 when the event is not from the server.
func receiver(secret string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		event, err := syssecure.ConstructEvent(body, r.Header.Get(syssecure.SignatureHeader), secret)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}

		fmt.Println(event) // without whole numbers and texts
		w.WriteHeader(http.StatusNoContent)
	}
}
