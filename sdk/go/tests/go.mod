module github.com/syssecure/syssecure/sdk/go/v2/tests

go 1.24

require github.com/syssecure/syssecure/sdk/go/v2 v2.4.0

replace github.com/syssecure/syssecure/sdk/go/v2 => ../
