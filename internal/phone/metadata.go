package phone

import (
	_ "embed" // plans.txt
	"strconv"
	"strings"
)

// metadata is that of libphonenumber, as make numbers writes it: a line for each pattern, with tabs between calling
// code, region, key and values, sorted by calling code, a code's main region first.
//
//go:embed plans.txt
var metadata string

// MetadataVersion is the release of libphonenumber that the numbering plans are from, such as "9.0.43".
func MetadataVersion() string {
	_, after, _ := strings.Cut(metadata, "# libphonenumber ")
	version, _, _ := strings.Cut(after, "\n")
	return version
}

// A territory is the metadata of one region under one calling code.
type territory struct {
	code   int
	region string
	descs  [leadingDigits]desc // by class

	leading       string // pattern: the first digits that distinguish the region from others of its code; may be empty
	idd           string // pattern: the prefix that is dialled to call abroad
	prefix        string // that is dialled before national numbers
	parsePrefix   string // pattern: what may precede a national number
	transformRule string // template: what replaces the whole match of parsePrefix

	// How numbers are written; of a code's main region only.
	national, international []format
}

// A desc describes the national numbers of one class.
type desc struct {
	pattern string
	lengths []int // empty: any
}

// A format is how national numbers that match a pattern, and begin with another, are written.
type format struct{ pattern, template, leading string }

// classNames are the keys of the descriptions, by class.
var classNames = map[string]int{
	"general_desc": general, "mobile": int(Mobile), "fixed_line": int(FixedLine), "toll_free": int(TollFree),
	"premium_rate": int(PremiumRate), "shared_cost": int(SharedCost), "voip": int(VoIP),
	"personal_number": int(Personal), "pager": int(Pager), "uan": int(UAN), "voicemail": int(Voicemail),
}

// readTerritories reads the lines of a calling code; none when the code is not assigned.
func readTerritories(code int) (all []*territory) {
	start := strconv.Itoa(code) + "\t"
	_, rest, _ := strings.Cut(metadata, "\n"+start)
	rest = start + rest

	for line := range strings.Lines(rest) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if fields[0] != strconv.Itoa(code) || len(fields) < 4 {
			break
		}
		if len(all) == 0 || all[len(all)-1].region != fields[1] {
			all = append(all, &territory{code: code, region: fields[1]})
		}
		all[len(all)-1].read(fields[2], fields[3:])
	}

	return all
}

// read applies one line's key and values.
func (t *territory) read(key string, values []string) {
	switch key {
	case "leading_digits":
		t.leading = values[0]
	case "international_prefix":
		t.idd = values[0]
	case "national_prefix":
		t.prefix = values[0]
	case "prefix_for_parsing":
		t.parsePrefix = values[0]
	case "transform_rule":
		t.transformRule = values[0]
	case "national":
		t.national = append(t.national, format{values[0], values[1], values[2]})
	case "international":
		t.international = append(t.international, format{values[0], values[1], values[2]})
	default:
		d := desc{pattern: values[1]}
		for length := range strings.FieldsSeq(values[0]) {
			n, _ := strconv.Atoi(length) // TestMetadata checks all
			d.lengths = append(d.lengths, n)
		}
		t.descs[classNames[key]] = d
	}
}

// codeOfRegion finds the calling code of a region (ISO 3166-1 alpha-2), 0 when there is none.
func codeOfRegion(region string) int {
	if len(region) != 2 || strings.Trim(region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return 0 // other columns have short values, too
	}
	before, _, found := strings.Cut(metadata, "\t"+region+"\t")
	if !found {
		return 0
	}
	code, _ := strconv.Atoi(before[strings.LastIndexByte(before, '\n')+1:])
	return code
}
