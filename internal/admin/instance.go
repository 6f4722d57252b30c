package admin

import "time"

// Instance is what the server knows of its installation.
type Instance struct {
	Version, Database string
	StartedAt         time.Time
	Nodes             []InstanceNode
	// DiskFree is nil when the data is not on this machine.
	DiskFree *int64
	Accounts int64
}

// InstanceNode is a node of the installation.
type InstanceNode struct {
	ID                   int64
	Name, State, Version string
	SeenAt               time.Time
}
