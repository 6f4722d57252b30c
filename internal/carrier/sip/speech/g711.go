package speech

// The two laws of ITU-T G.711 write a sample in 8 bits: a sign, a segment and a step in it. Linear samples here have 16
// bits, as in a WAV file.

const (
	muSilence = 0xFF
	muBias    = 0x84 // makes every segment of µ-law begin at a power of two
	muMost    = 32635
)

// decodeMu is the linear sample of a byte in µ-law.
func decodeMu(u byte) int16 {
	u = ^u
	sample := (int16(u&0x0F)<<3+muBias)<<(u>>4&7) - muBias
	if u&0x80 != 0 {
		return -sample
	}
	return sample
}

// encodeMu is the byte in µ-law that is nearest to a sample.
func encodeMu(sample int16) byte {
	sign, size := byte(0), int(sample)
	if size < 0 {
		sign, size = 0x80, -size
	}
	size = min(size, muMost) + muBias

	segment := 7
	for mask := 0x4000; segment > 0 && size&mask == 0; mask >>= 1 {
		segment--
	}

	return ^(sign | byte(segment)<<4 | byte(size>>(segment+3)&0x0F))
}

// decodeA is the linear sample of a byte in A-law, whose even bits are inverted.
func decodeA(a byte) int16 {
	a ^= 0x55
	sample, segment := int16(a&0x0F)<<4+8, a>>4&7
	if segment > 0 {
		sample = (sample + 0x100) << (segment - 1)
	}
	if a&0x80 == 0 {
		return -sample
	}

	return sample
}

// encodeA is the byte in A-law that is nearest to a sample.
func encodeA(sample int16) byte {
	sign, size := byte(0x80), int(sample)
	if size < 0 {
		sign, size = 0, -size-1
	}

	segment := 7
	for mask := 0x4000; segment > 0 && size&mask == 0; mask >>= 1 {
		segment--
	}
	step := size >> (max(segment, 1) + 3) & 0x0F

	return (sign | byte(segment)<<4 | byte(step)) ^ 0x55
}

// muToA has the byte in A-law for each byte in µ-law.
var muToA = func() (table [256]byte) {
	for u := range table {
		table[u] = encodeA(decodeMu(byte(u)))
	}
	return table
}()

// ToA turns µ-law into A-law, in place.
func ToA(frame []byte) {
	for i, u := range frame {
		frame[i] = muToA[u]
	}
}

// Linear are the samples of a recording in µ-law, of 16 bits.
func Linear(mu []byte) []int16 {
	samples := make([]int16, len(mu))
	for i, u := range mu {
		samples[i] = decodeMu(u)
	}
	return samples
}
