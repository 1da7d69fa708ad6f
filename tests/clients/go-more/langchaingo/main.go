// SPDX-License-Identifier: BSL-1.0

// langchaingo against /v1/chat/completions and /v1/messages.
package main

import (
	"context"
	"errors"

	"clients-more/report"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/anthropic"
	"github.com/tmc/langchaingo/llms/openai"
)

func overOpenAI(model string) (llms.Model, error) {
	return openai.New(openai.WithBaseURL(report.URL+"/v1"), openai.WithToken(report.Key), openai.WithModel(model))
}

func overAnthropic(model string) (llms.Model, error) {
	return anthropic.New(anthropic.WithBaseURL(report.URL+"/v1"), anthropic.WithToken(report.Key), anthropic.WithModel(model))
}

func main() {
	checks := []report.Check{}
	for name, make := range map[string]func(string) (llms.Model, error){"openai": overOpenAI, "anthropic": overAnthropic} {
		ask := func(ctx context.Context, model, text string, options ...llms.CallOption) (string, error) {
			m, err := make(model)
			if err != nil {
				return "", err
			}
			return llms.GenerateFromSinglePrompt(ctx, m, text, append(options, llms.WithMaxTokens(200))...)
		}
		checks = append(checks,
			report.Check{Name: "chat_" + name, Run: func(ctx context.Context, model string) error {
				text, err := ask(ctx, model, "[plain]")
				return errors.Join(err, report.Equal(text, report.Plain))
			}},
			report.Check{Name: "stream_" + name, Run: func(ctx context.Context, model string) error {
				text := ""
				_, err := ask(ctx, model, "[plain]", llms.WithStreamingFunc(func(_ context.Context, piece []byte) error {
					text += string(piece)
					return nil
				}))
				return errors.Join(err, report.Equal(text, report.Plain))
			}},
			report.Check{Name: "error_" + name, Run: func(ctx context.Context, model string) error {
				_, err := ask(ctx, model, "[error-400]")
				return report.Refused(err, "failed with 400")
			}})
	}
	report.Main("langchaingo", checks)
}
