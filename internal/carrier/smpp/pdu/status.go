package pdu

import "fmt"

// Status is a command_status (clause 5.1.3). 0x400 to 0x4FF belong to the vendor.
type Status uint32

// The statuses that this project distinguishes.
const (
	OK                      Status = 0x00
	InvalidMessageLength    Status = 0x01
	InvalidCommandLength    Status = 0x02
	InvalidCommandID        Status = 0x03
	InvalidBindStatus       Status = 0x04
	AlreadyBound            Status = 0x05
	SystemError             Status = 0x08
	InvalidSource           Status = 0x0A
	InvalidDestination      Status = 0x0B
	BindFailed              Status = 0x0D
	InvalidPassword         Status = 0x0E
	InvalidSystemID         Status = 0x0F
	QueueFull               Status = 0x14
	InvalidESMClass         Status = 0x43
	SubmitFailed            Status = 0x45
	InvalidSourceTON        Status = 0x48
	InvalidSourceNPI        Status = 0x49
	InvalidDestTON          Status = 0x50
	InvalidDestNPI          Status = 0x51
	InvalidSystemType       Status = 0x53
	Throttled               Status = 0x58
	InvalidExpiry           Status = 0x62
	TemporaryReceiverError  Status = 0x64
	PermanentReceiverError  Status = 0x65
	InvalidTLVStream        Status = 0xC0
	UnknownError            Status = 0xFF
	FirstVendor, LastVendor Status = 0x400, 0x4FF
)

var statusNames = map[Status]string{
	OK: "ESME_ROK", InvalidMessageLength: "ESME_RINVMSGLEN", InvalidCommandLength: "ESME_RINVCMDLEN",
	InvalidCommandID: "ESME_RINVCMDID", InvalidBindStatus: "ESME_RINVBNDSTS", AlreadyBound: "ESME_RALYBND",
	SystemError: "ESME_RSYSERR", InvalidSource: "ESME_RINVSRCADR", InvalidDestination: "ESME_RINVDSTADR",
	BindFailed: "ESME_RBINDFAIL", InvalidPassword: "ESME_RINVPASWD", InvalidSystemID: "ESME_RINVSYSID",
	QueueFull: "ESME_RMSGQFUL", InvalidESMClass: "ESME_RINVESMCLASS", InvalidExpiry: "ESME_RINVEXPIRY",
	SubmitFailed: "ESME_RSUBMITFAIL", InvalidSourceTON: "ESME_RINVSRCTON",
	InvalidSourceNPI: "ESME_RINVSRCNPI", InvalidDestTON: "ESME_RINVDSTTON", InvalidDestNPI: "ESME_RINVDSTNPI",
	InvalidSystemType: "ESME_RINVSYSTYP", Throttled: "ESME_RTHROTTLED", TemporaryReceiverError: "ESME_RX_T_APPN",
	PermanentReceiverError: "ESME_RX_P_APPN", InvalidTLVStream: "ESME_RINVOPTPARSTREAM",
	UnknownError: "ESME_RUNKNOWNERR",
}

// String gives the standard's name and the number, or the number alone.
func (s Status) String() string {
	if name, ok := statusNames[s]; ok {
		return fmt.Sprintf("%s (%s)", name, s.Hex())
	}
	return s.Hex()
}

// Hex is the number as in carriers' documents: "0x0000000b".
func (s Status) Hex() string { return fmt.Sprintf("0x%08x", uint32(s)) }

var commandNames = map[Command]string{
	BindReceiver: "bind_receiver", BindTransmitter: "bind_transmitter", SubmitSM: "submit_sm", DeliverSM: "deliver_sm",
	Unbind: "unbind", BindTransceiver: "bind_transceiver", EnquireLink: "enquire_link", DataSM: "data_sm",
	Outbind:           "outbind",
	AlertNotification: "alert_notification",
}

// String gives the standard's name, or the number of an unknown command.
func (c Command) String() string {
	if c == GenericNack {
		return "generic_nack"
	}
	name, ok := commandNames[c&^response]
	switch {
	case !ok:
		return fmt.Sprintf("command 0x%08x", uint32(c))
	case c.IsResponse():
		return name + "_resp"
	}

	return name
}
