// SPDX-License-Identifier: BSL-1.0

// sashabaranov/go-openai against /v1/chat/completions.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"clients-more/report"

	openai "github.com/sashabaranov/go-openai"
)

var client = func() *openai.Client {
	config := openai.DefaultConfig(report.Key)
	config.BaseURL = report.URL + "/v1"
	return openai.NewClientWithConfig(config)
}()

func request(model, text string) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{Model: model, Messages: []openai.ChatCompletionMessage{{Role: "user", Content: text}}}
}

func streamed(ctx context.Context, r openai.ChatCompletionRequest) (string, error) {
	r.Stream = true
	stream, err := client.CreateChatCompletionStream(ctx, r)
	if err != nil {
		return "", err
	}
	defer stream.Close()
	text := ""
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return text, err
		}
		for _, choice := range chunk.Choices {
			text += choice.Delta.Content
		}
	}
}

func main() {
	report.Main("go-openai", []report.Check{
		{Name: "chat", Run: func(ctx context.Context, model string) error {
			reply, err := client.CreateChatCompletion(ctx, request(model, "[plain]"))
			if err != nil {
				return err
			}
			return errors.Join(report.Equal(reply.Choices[0].Message.Content, report.Plain), report.Equal(reply.Usage.TotalTokens, 18))
		}},
		{Name: "stream", Run: func(ctx context.Context, model string) error {
			text, err := streamed(ctx, request(model, "[plain]"))
			return errors.Join(err, report.Equal(text, report.Plain))
		}},
		{Name: "tools", Run: func(ctx context.Context, model string) error {
			r := request(model, "[tools]")
			r.Tools = []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "get_weather", Parameters: report.Weather}}}
			reply, err := client.CreateChatCompletion(ctx, r)
			if err != nil {
				return err
			}
			r.Messages = append(r.Messages, reply.Choices[0].Message)
			for _, call := range reply.Choices[0].Message.ToolCalls {
				var arguments struct{ City string }
				if err := json.Unmarshal([]byte(call.Function.Arguments), &arguments); err != nil {
					return err
				}
				r.Messages = append(r.Messages, openai.ChatCompletionMessage{Role: "tool", ToolCallID: call.ID, Content: report.Degrees[arguments.City]})
			}
			last, err := client.CreateChatCompletion(ctx, r)
			if err != nil {
				return err
			}
			return report.Equal(last.Choices[0].Message.Content, report.Answered)
		}},
		{Name: "error", Run: func(ctx context.Context, model string) error {
			_, err := client.CreateChatCompletion(ctx, request(model, "[error-401]"))
			var failure *openai.APIError
			if !errors.As(err, &failure) {
				return err
			}
			return report.Equal(failure.HTTPStatusCode, 401)
		}},
		{Name: "broken_stream", Run: func(ctx context.Context, model string) error {
			if text, err := streamed(ctx, request(model, "[cut]")); err == nil {
				return errors.New("a stream that broke has ended without an error after " + text)
			}
			return nil
		}},
	})
}
