package api_test

import (
	"bytes"
	"testing"

	"github.com/syssecure/syssecure/api"
)

// TestAt: a program made from the document calls the server that it was read from.
func TestAt(t *testing.T) {
	t.Parallel()
	for _, document := range [][]byte{api.YAML, api.JSON} {
		if got := api.At(document, "https://otp.example.com"); !bytes.Contains(got, []byte("https://otp.example.com")) ||
			bytes.Contains(got, []byte("api.syssecure.me")) {
			t.Error("another server is named")
		}
		if got := api.At(document, ""); bytes.Contains(got, []byte("api.syssecure.me")) || len(got) >= len(document) {
			t.Error("without an address, another server is named")
		}
	}
}
