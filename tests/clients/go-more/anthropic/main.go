// SPDX-License-Identifier: BSL-1.0

// Anthropic's own Go SDK against /v1/messages.
package main

import (
	"context"
	"encoding/json"
	"errors"

	"clients-more/report"

	"github.com/anthropics/anthropic-sdk-go/v2"
	"github.com/anthropics/anthropic-sdk-go/v2/option"
)

var client = anthropic.NewClient(option.WithBaseURL(report.URL), option.WithAPIKey(report.Key), option.WithMaxRetries(0))

func params(model, text string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{Model: anthropic.Model(model), MaxTokens: 200, Messages: []anthropic.MessageParam{
		anthropic.NewUserMessage(anthropic.NewTextBlock(text))}}
}

func said(m anthropic.Message) string {
	text := ""
	for _, block := range m.Content {
		text += block.Text
	}
	return text
}

func streamed(ctx context.Context, p anthropic.MessageNewParams) (anthropic.Message, error) {
	stream := client.Messages.NewStreaming(ctx, p)
	defer stream.Close()
	whole := anthropic.Message{}
	for stream.Next() {
		if err := whole.Accumulate(stream.Current()); err != nil {
			return whole, err
		}
	}
	return whole, stream.Err()
}

func main() {
	report.Main("anthropic-sdk-go", []report.Check{
		{Name: "chat", Run: func(ctx context.Context, model string) error {
			m, err := client.Messages.New(ctx, params(model, "[plain]"))
			if err != nil {
				return err
			}
			return errors.Join(report.Equal(said(*m), report.Plain), report.Equal(m.StopReason, "end_turn"),
				report.Equal([]int64{m.Usage.InputTokens, m.Usage.CacheReadInputTokens, m.Usage.OutputTokens}, []int64{7, 4, 7}))
		}},
		{Name: "stream", Run: func(ctx context.Context, model string) error {
			m, err := streamed(ctx, params(model, "[plain]"))
			if err != nil {
				return err
			}
			return report.Equal(said(m), report.Plain)
		}},
		{Name: "tools", Run: func(ctx context.Context, model string) error {
			p := params(model, "[tools]")
			p.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{Name: "get_weather", InputSchema: anthropic.ToolInputSchemaParam{
				Properties: report.Weather["properties"], Required: []string{"city"}}}}}
			m, err := streamed(ctx, p)
			if err != nil {
				return err
			}
			results := []anthropic.ContentBlockParamUnion{}
			for _, block := range m.Content {
				if block.Type == "tool_use" {
					var input struct{ City string }
					if err := json.Unmarshal(block.Input, &input); err != nil {
						return err
					}
					results = append(results, anthropic.NewToolResultBlock(block.ID, report.Degrees[input.City], false))
				}
			}
			p.Messages = append(p.Messages, m.ToParam(), anthropic.NewUserMessage(results...))
			last, err := client.Messages.New(ctx, p)
			if err != nil {
				return err
			}
			return report.Equal(said(*last), report.Answered)
		}},
		{Name: "structured", Run: func(ctx context.Context, model string) error {
			p := params(model, "[schema]")
			p.OutputConfig = anthropic.OutputConfigParam{Format: anthropic.JSONOutputFormatParam{Schema: map[string]any{"type": "object",
				"properties": map[string]any{"name": map[string]any{"type": "string"}, "age": map[string]any{"type": "integer"}},
				"required":   []string{"name", "age"}, "additionalProperties": false}}}
			m, err := client.Messages.New(ctx, p)
			if err != nil {
				return err
			}
			var person struct {
				Name string
				Age  int
			}
			return errors.Join(json.Unmarshal([]byte(said(*m)), &person), report.Equal(person, "{Ada 36}"))
		}},
		{Name: "error", Run: func(ctx context.Context, model string) error {
			_, err := client.Messages.New(ctx, params(model, "[error-429]"))
			var failure *anthropic.Error
			if !errors.As(err, &failure) {
				return err
			}
			return errors.Join(report.Equal(failure.StatusCode, 429), report.Equal(failure.Type(), "rate_limit_error"),
				report.Equal(failure.Response.Header.Get("retry-after"), "1"), report.Equal(failure.RequestID != "", true))
		}},
		{Name: "broken_stream", Run: func(ctx context.Context, model string) error {
			if _, err := streamed(ctx, params(model, "[cut]")); err == nil {
				return errors.New("a stream that broke has ended without an error")
			}
			return nil
		}},
	})
}
