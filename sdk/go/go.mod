module github.com/syssecure/syssecure/sdk/go/v2

go 1.24
