// kit_test.go: what the benchmarks share.
//
// The files are the families of the folder above, in Go: the same operations, the same
// units. In Go a goroutine is what waits, where with us it is a promise.

package bench

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sink keeps the compiler from leaving out what is measured.
var sink int

func check(b *testing.B, holds bool) {
	if !holds {
		b.Fatal("Cannot measure: the result is wrong")
	}
}

// sumBelow is the sum of 0 to n - 1.
func sumBelow(n int) int {
	return n * (n - 1) / 2
}

func produce(c chan<- int, n int) {
	for i := 0; i < n; i++ {
		c <- i
	}
}

// rounds measures what cannot be cut anywhere, like a chain of 10,000. An iteration
// is a round of n operations; "ns/op" is the time of one operation, as elsewhere.
func rounds(b *testing.B, n int, round func()) {
	start := time.Now()
	for i := 0; i < b.N; i++ {
		round()
	}
	took := float64(time.Since(start).Nanoseconds())
	b.ReportMetric(took/float64(b.N)/float64(n), "ns/op")
}

// gather starts n goroutines that wait, calls serve when all of them do, and
// returns when all of them are done. Nothing tells that a goroutine is parked: each
// one counts itself just before, so with several cores the last ones may not be yet.
func gather(n int, wait func(i int), serve func()) {
	var arrived int64
	var waiting sync.WaitGroup
	waiting.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			atomic.AddInt64(&arrived, 1)
			wait(i)
			waiting.Done()
		}(i)
	}
	for atomic.LoadInt64(&arrived) < int64(n) {
		runtime.Gosched()
	}
	serve()
	waiting.Wait()
}
