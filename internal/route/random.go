package route

import "math"

// random is a sequence of numbers that follows from its first value, so that a choice can be repeated. It is SplitMix64
// (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb

	return z ^ z>>31
}

// uniform is between 0 and 1, and neither of them.
func (r *random) uniform() float64 { return (float64(r.next()>>12) + 0.5) / (1 << 52) }

// normal has mean 0 and deviation 1 (Box and Muller, 1958).
func (r *random) normal() float64 {
	return math.Sqrt(-2*math.Log(r.uniform())) * math.Cos(2*math.Pi*r.uniform())
}

// gamma has the given shape, at least 1, and scale 1 (Marsaglia, Tsang: "A Simple Method for Generating Gamma
// Variables", ACM TOMS 26, 2000).
func (r *random) gamma(shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.normal()
		v := 1 + c*x
		if v <= 0 {
			continue
		}

		v = v * v * v
		if math.Log(r.uniform()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// beta is distributed as the likelihood of an event of which good of all observations, and as many of no matter which
// before them, were positive: its parameters are 1 more than both counts.
func (r *random) beta(good, bad int) float64 {
	a, b := r.gamma(float64(good+1)), r.gamma(float64(bad+1))
	return a / (a + b)
}
