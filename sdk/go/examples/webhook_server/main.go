// Command webhook_server prints the events that a SysSecure server posts to it.
//
//	WEBHOOK_SECRET=whsec_… go run . 127.0.0.1:8081
package main

import (
	"fmt"
	"io"
	"net"
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

	if err := serve(os.Args[1], secret); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address, secret string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: receiver(secret), ReadTimeout: 10 * time.Second}

	return server.Serve(listener)
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
