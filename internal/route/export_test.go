package route

// Betas draws n likelihoods.
func Betas(n, good, bad int) (list []float64) {
	r := random(1)
	for range n {
		list = append(list, r.beta(good, bad))
	}
	return list
}
