package people

import "context"

// Empty reports whether there is no user yet.
func (p *People) Empty(ctx context.Context) (bool, error) {
	there, err := p.anyone(ctx)
	return !there && err == nil, err
}
