package work

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Workers run tasks in goroutines that are reused: a submit or a post needs a large stack, and growing one for each
// task costs more than handing the task over. Make them with NewWorkers.
type Workers struct {
	log   *slog.Logger
	tasks sync.WaitGroup
	idle  chan func()

	stopping chan struct{} // closed when nothing is retried any more
	stop     func()
	ctx      context.Context // ends when Drain stops waiting for tasks
	cut      func()
}

// NewWorkers makes workers without a task.
func NewWorkers(log *slog.Logger) *Workers {
	w := &Workers{log: log, idle: make(chan func()), stopping: make(chan struct{})}
	w.stop = sync.OnceFunc(func() { close(w.stopping) })
	w.ctx, w.cut = context.WithCancel(context.Background())

	return w
}

// Go runs fn in a goroutine that Drain waits for.
func (w *Workers) Go(fn func()) {
	w.tasks.Add(1)
	select {
	case w.idle <- fn:
	default:
		go w.run(fn)
	}
}

// workerRest is how long a goroutine waits for another task before it ends.
const workerRest = 5 * time.Second

func (w *Workers) run(fn func()) {
	rest := time.NewTimer(workerRest)
	defer rest.Stop()

	for {
		fn()
		w.tasks.Done()

		rest.Reset(workerRest)
		select {
		case fn = <-w.idle:
		case <-w.stopping:
			return
		case <-rest.C:
			return
		}
	}
}

// Context is for calls that a task waits for. It ends when Drain stops waiting.
func (w *Workers) Context() context.Context { return w.ctx }

// Stopping is closed when a task should end without another pause.
func (w *Workers) Stopping() <-chan struct{} { return w.stopping }

// Wait waits until every task has ended.
func (w *Workers) Wait() { w.tasks.Wait() }

// Drain waits until every task has ended. When ctx ends before that, it ends Context, waits until the tasks end because
// of it, and returns the error of ctx. Afterwards Retry no longer retries, even outside tasks, so that a change that
// cannot be stored does not keep a server from stopping. Callers must not start tasks during Drain.
func (w *Workers) Drain(ctx context.Context) (err error) {
	done := make(chan struct{})
	go func() { w.tasks.Wait(); close(done) }()

	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}

	w.stop()
	if err != nil {
		w.cut()
		<-done
	}

	return err
}
