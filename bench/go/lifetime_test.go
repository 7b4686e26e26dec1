// lifetime_test.go: W11, the short lives of channels; the unit is a channel, in W11c a waiter.

package bench

import (
	"sync/atomic"
	"testing"
)

const waiters = 1_000

var kept [1024]chan int

// W11a: make a channel.
func BenchmarkW11aCreate(b *testing.B) {
	for i := 0; i < b.N; i++ {
		kept[i&1023] = make(chan int, 16)
	}
}

// W11b: make a channel, put one value in, close it.
func BenchmarkW11bCreateUseClose(b *testing.B) {
	for i := 0; i < b.N; i++ {
		c := make(chan int, 16)
		kept[i&1023] = c
		c <- i
		close(c)
	}
}

// W11c: close a channel on which 1,000 goroutines wait. Starting them is part of it.
func BenchmarkW11cCloseWaiting(b *testing.B) {
	rounds(b, waiters, func() {
		c := make(chan int)
		var ended int64
		gather(
			waiters,
			func(int) {
				if _, more := <-c; !more {
					atomic.AddInt64(&ended, 1)
				}
			},
			func() { close(c) },
		)
		check(b, ended == waiters)
		sink = int(ended)
	})
}

// W11d: a stream of three values, read by a loop.
func BenchmarkW11dShortStream(b *testing.B) {
	for i := 0; i < b.N; i++ {
		c := make(chan int, 3)
		c <- 1
		c <- 2
		c <- 3
		close(c)
		sum := 0
		for value := range c {
			sum += value
		}
		check(b, sum == 6)
		sink = sum
	}
}
