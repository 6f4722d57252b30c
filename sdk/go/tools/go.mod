module github.com/syssecure/syssecure/sdk/go/v2/tools

go 1.26.0

require github.com/syssecure/syssecure/sdk/go/v2 v2.4.0

require golang.org/x/mod v0.42.0

replace github.com/syssecure/syssecure/sdk/go/v2 => ../
