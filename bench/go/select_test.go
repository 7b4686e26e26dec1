// select_test.go: W7, receiving from whichever of several channels; the unit is a select.
//
// 2 and 10 are `select` statements, since that many cases are written out in Go. 100
// is `reflect.Select`, what Go has where the channels are known only when it runs.

package bench

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"
)

var widths = []int{2, 10, 100}

func makeChannels(width, capacity int) []chan int {
	channels := make([]chan int, width)
	for i := range channels {
		channels[i] = make(chan int, capacity)
	}
	return channels
}

// firstOf makes a function that waits for one value from any of the channels.
func firstOf(c []chan int) func() int {
	switch len(c) {
	case 2:
		return func() int { return firstOf2(c[0], c[1]) }
	case 10:
		return func() int { return firstOf10(c) }
	}
	cases := make([]reflect.SelectCase, len(c))
	for i := range c {
		cases[i] = reflect.SelectCase{
			Dir:  reflect.SelectRecv,
			Chan: reflect.ValueOf(c[i]),
		}
	}
	return func() int {
		_, value, _ := reflect.Select(cases)
		return int(value.Int())
	}
}

func firstOf2(a, b <-chan int) int {
	select {
	case value := <-a:
		return value
	case value := <-b:
		return value
	}
}

func firstOf10(c []chan int) int {
	select {
	case value := <-c[0]:
		return value
	case value := <-c[1]:
		return value
	case value := <-c[2]:
		return value
	case value := <-c[3]:
		return value
	case value := <-c[4]:
		return value
	case value := <-c[5]:
		return value
	case value := <-c[6]:
		return value
	case value := <-c[7]:
		return value
	case value := <-c[8]:
		return value
	case value := <-c[9]:
		return value
	}
}

// W7, parked: the select waits, then one of its channels gets a value. After each
// value the producer lets the others run: else every second select finds it waiting.
func BenchmarkW7SelectParked(b *testing.B) {
	for _, width := range widths {
		b.Run(fmt.Sprintf("of_%d", width), func(b *testing.B) {
			channels := makeChannels(width, 0)
			first := firstOf(channels)
			b.ResetTimer()
			go func() {
				for i := 0; i < b.N; i++ {
					channels[i%width] <- i
					runtime.Gosched()
				}
			}()
			sum := 0
			for i := 0; i < b.N; i++ {
				sum += first()
			}
			check(b, sum == sumBelow(b.N))
			sink = sum
		})
	}
}

// W7, ready: every channel has a value. The one that was taken is sent again; the
// values are the channels' places.
func BenchmarkW7SelectReady(b *testing.B) {
	for _, width := range widths {
		b.Run(fmt.Sprintf("of_%d", width), func(b *testing.B) {
			channels := makeChannels(width, 1)
			for place, c := range channels {
				c <- place
			}
			first := firstOf(channels)
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				place := first()
				select {
				case channels[place] <- place:
				default:
				}
			}
			sum := 0
			for _, c := range channels {
				check(b, len(c) == 1)
				sum += <-c
			}
			check(b, sum == sumBelow(width))
			sink = sum
		})
	}
}
