// SPDX-License-Identifier: BSL-1.0

// Package report runs checks over the three upstream languages and prints a line for each, as python/checks.py does.
package report

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

const (
	Plain    = "One answer of several words."
	Answered = "Paris 18 degrees, Rome 24 degrees"
)

var (
	URL     = os.Getenv("LLMX_URL")
	Key     = os.Getenv("LLMX_KEY")
	Degrees = map[string]string{"Paris": "18 degrees", "Rome": "24 degrees"}
	Weather = map[string]any{"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}, "required": []string{"city"}}
)

// A Check is one function for one model of the gateway.
type Check struct {
	Name string
	Run  func(ctx context.Context, model string) error
}

// Equal is nil when both print the same.
func Equal(got, expected any) error {
	if fmt.Sprint(got) != fmt.Sprint(expected) {
		return fmt.Errorf("%q instead of %q", fmt.Sprint(got), fmt.Sprint(expected))
	}
	return nil
}

// Refused is nil when err is an error whose text contains part.
func Refused(err error, part string) error {
	if err == nil {
		return errors.New("no error")
	}
	return Equal(strings.Contains(err.Error(), part), true)
}

// Main runs the checks and exits.
func Main(client string, checks []Check) {
	code := 0
	for _, m := range [][2]string{{"openai", "gpt"}, {"anthropic", "claude"}, {"gemini", "gem"}} {
		for _, c := range checks {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			if err := c.Run(ctx, m[1]); err != nil {
				code = 1
				fmt.Printf("not ok %s %s %s # %s\n", client, m[0], c.Name, strings.Join(strings.Fields(err.Error()), " "))
			} else {
				fmt.Printf("ok %s %s %s\n", client, m[0], c.Name)
			}
			cancel()
		}
	}
	os.Exit(code)
}
