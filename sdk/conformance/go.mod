module github.com/syssecure/syssecure/sdk/conformance

go 1.24
