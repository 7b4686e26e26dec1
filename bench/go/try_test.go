// try_test.go: W4a, operations that never wait; the unit is a value sent and received.

package bench

import "testing"

// W4a: fill, then drain.
func BenchmarkW4aTry(b *testing.B) {
	b.Run("1024_at_a_time", func(b *testing.B) {
		c := make(chan int, 1024)
		for left := b.N; left > 0; left -= 1024 {
			n := left
			if n > 1024 {
				n = 1024
			}
			for i := 0; i < n; i++ {
				select {
				case c <- i:
				default:
				}
			}
			sum := 0
			for i := 0; i < n; i++ {
				select {
				case value := <-c:
					sum += value
				default:
				}
			}
			check(b, sum == sumBelow(n))
			sink = sum
		}
	})
}
