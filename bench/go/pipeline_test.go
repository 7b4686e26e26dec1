// pipeline_test.go: W8 to W10, many channels in a row, all of capacity 0.

package bench

import (
	"fmt"
	"testing"
)

const (
	primes    = 1_000
	lastPrime = 7_919
)

// W8: stages between a producer and a consumer; the unit is a value that has come
// through all of them, 3 stages being 4 channels.
func BenchmarkW8Pipeline(b *testing.B) {
	for _, stages := range []int{3, 10} {
		b.Run(fmt.Sprintf("of_%d_stages", stages), func(b *testing.B) {
			first := make(chan int)
			last := first
			for i := 0; i < stages; i++ {
				next := make(chan int)
				go stage(last, next)
				last = next
			}
			go func() {
				produce(first, b.N)
				close(first)
			}()
			sum := 0
			for value := range last {
				sum += value
			}
			check(b, sum == sumBelow(b.N)+stages*b.N)
			sink = sum
		})
	}
}

func stage(from <-chan int, to chan<- int) {
	for value := range from {
		to <- value + 1
	}
	close(to)
}

// W9: one value through a chain of goroutines; the unit is a hop. Building the chain is
// part of it.
func BenchmarkW9DaisyChain(b *testing.B) {
	for _, length := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("of_%d", length), func(b *testing.B) {
			rounds(b, length, func() {
				leftmost := make(chan int)
				left := leftmost
				for i := 0; i < length; i++ {
					right := make(chan int)
					go pass(left, right)
					left = right
				}
				left <- 0
				value := <-leftmost
				check(b, value == length)
				sink = value
			})
		})
	}
}

func pass(left chan<- int, right <-chan int) {
	left <- 1 + <-right
}

// W10: one filter for each prime; the unit is a whole sieve. The numbers end at the
// last prime asked for, so that no goroutine stays behind to slow down the next sieve.
func BenchmarkW10PrimeSieve(b *testing.B) {
	b.Run("of_1000_primes", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			numbers := make(chan int)
			go generate(numbers)
			prime := <-numbers
			found := 1
			for found < primes {
				next := make(chan int)
				go filter(numbers, next, prime)
				numbers = next
				prime = <-numbers
				found++
			}
			_, more := <-numbers
			check(b, prime == lastPrime && !more)
			sink = prime
		}
	})
}

func generate(to chan<- int) {
	for i := 2; i <= lastPrime; i++ {
		to <- i
	}
	close(to)
}

func filter(from <-chan int, to chan<- int, prime int) {
	for value := range from {
		if value%prime != 0 {
			to <- value
		}
	}
	close(to)
}
