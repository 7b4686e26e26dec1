// handoff_test.go: W1 to W3, one producer and one consumer; the unit is a value.

package bench

import (
	"fmt"
	"testing"
)

func handOff(b *testing.B, c chan int) {
	first := len(c)
	go produce(c, b.N)
	sum := 0
	for i := 0; i < b.N; i++ {
		sum += <-c
	}
	// What was in the buffer before are zeros, and as many values are in it now.
	for i := 0; i < first; i++ {
		sum += <-c
	}
	check(b, sum == sumBelow(b.N))
	sink = sum
}

// W1: through a buffer.
func BenchmarkW1HandOff(b *testing.B) {
	for _, capacity := range []int{1, 16, 128, 1024} {
		b.Run(fmt.Sprintf("capacity_%d", capacity), func(b *testing.B) {
			handOff(b, make(chan int, capacity))
		})
	}
}

// W1full: through a buffer that is full at the start. Go does not keep it full: a
// consumer goes on until the buffer is empty, where ours lets the producer have its turn.
func BenchmarkW1Full(b *testing.B) {
	b.Run("capacity_128", func(b *testing.B) {
		c := make(chan int, 128)
		for i := 0; i < cap(c); i++ {
			c <- 0
		}
		handOff(b, c)
	})
}

// W2: without a buffer.
func BenchmarkW2Rendezvous(b *testing.B) {
	handOff(b, make(chan int))
}

// W3: the consumer is a loop that the close ends.
func BenchmarkW3ForRange(b *testing.B) {
	for _, capacity := range []int{16, 0} {
		b.Run(fmt.Sprintf("capacity_%d", capacity), func(b *testing.B) {
			c := make(chan int, capacity)
			go func() {
				produce(c, b.N)
				close(c)
			}()
			sum := 0
			for value := range c {
				sum += value
			}
			check(b, sum == sumBelow(b.N))
			sink = sum
		})
	}
}
