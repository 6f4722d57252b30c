package app

import "testing"

func TestFiles_Shares(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		files int
		want  fileShares
	}{
		{files: 256, want: fileShares{Requests: 128, Posts: 32, IdlePosts: 16}},
		{files: 1024, want: fileShares{Requests: 512, Posts: 128, IdlePosts: 64}},
		{files: 65536, want: fileShares{Requests: 32768, Posts: 4096, IdlePosts: 2048}},
		{files: 1 << 20, want: fileShares{Requests: 1 << 19, Posts: 4096, IdlePosts: 2048}},
	} {
		got := shareFiles(c.files)
		if got != c.want {
			t.Errorf("%d files: %+v, want %+v", c.files, got, c.want)
		}
		if most := got.Requests + 2*got.Posts + got.IdlePosts; most > c.files*7/8 {
			t.Errorf("of %d files %d are given away", c.files, most)
		}
	}
	if got := openFiles(); got < minFiles {
		t.Errorf("%d files may be open", got)
	}
}
