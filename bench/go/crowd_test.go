// crowd_test.go: W5, many on one channel; the unit is a value.

package bench

import (
	"sync"
	"sync/atomic"
	"testing"
)

const (
	members = 100
	crowd   = 10_000
)

// share is what falls to one of the 100 when n values are shared out.
func share(n, member int) int {
	if member < n%members {
		return n/members + 1
	}
	return n / members
}

// W5a: 100 producers and 100 consumers, through a buffer of 16.
func BenchmarkW5aProducersConsumers(b *testing.B) {
	c := make(chan int, 16)
	var sum, sent int64
	var working sync.WaitGroup
	working.Add(members)
	for i := 0; i < members; i++ {
		n := share(b.N, i)
		sent += int64(sumBelow(n))
		go produce(c, n)
		go func() {
			own := 0
			for i := 0; i < n; i++ {
				own += <-c
			}
			atomic.AddInt64(&sum, int64(own))
			working.Done()
		}()
	}
	working.Wait()
	check(b, sum == sent)
	sink = int(sum)
}

// W5b: 10,000 goroutines wait for a value, then the values are sent. Starting the
// goroutines is part of it, here and in W5c.
func BenchmarkW5bReceiversWait(b *testing.B) {
	rounds(b, crowd, func() {
		c := make(chan int)
		var sum int64
		gather(
			crowd,
			func(int) { atomic.AddInt64(&sum, int64(<-c)) },
			func() { produce(c, crowd) },
		)
		check(b, sum == int64(sumBelow(crowd)))
		sink = int(sum)
	})
}

// W5c: 10,000 goroutines wait to send, then the values are received.
func BenchmarkW5cSendersWait(b *testing.B) {
	rounds(b, crowd, func() {
		c := make(chan int)
		sum := 0
		gather(
			crowd,
			func(i int) { c <- i },
			func() {
				for i := 0; i < crowd; i++ {
					sum += <-c
				}
			},
		)
		check(b, sum == sumBelow(crowd))
		sink = sum
	})
}
