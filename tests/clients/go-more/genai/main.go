// SPDX-License-Identifier: BSL-1.0

// Google's own Go SDK against /v1beta.
package main

import (
	"context"
	"errors"

	"clients-more/report"

	"google.golang.org/genai"
)

func client(ctx context.Context) (*genai.Client, error) {
	return genai.NewClient(ctx, &genai.ClientConfig{APIKey: report.Key, Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: report.URL}})
}

func create(ctx context.Context, model string, contents []*genai.Content, config *genai.GenerateContentConfig) (*genai.GenerateContentResponse, error) {
	c, err := client(ctx)
	if err != nil {
		return nil, err
	}
	return c.Models.GenerateContent(ctx, model, contents, config)
}

func streamed(ctx context.Context, model, text string) (said string, finish genai.FinishReason, err error) {
	c, err := client(ctx)
	if err != nil {
		return "", "", err
	}
	for chunk, err := range c.Models.GenerateContentStream(ctx, model, genai.Text(text), nil) {
		if err != nil {
			return said, finish, err
		}
		said += chunk.Text()
		for _, candidate := range chunk.Candidates {
			finish = candidate.FinishReason
		}
	}
	return said, finish, nil
}

func main() {
	report.Main("genai-go", []report.Check{
		{Name: "chat", Run: func(ctx context.Context, model string) error {
			reply, err := create(ctx, model, genai.Text("[plain]"), nil)
			if err != nil {
				return err
			}
			return errors.Join(report.Equal(reply.Text(), report.Plain), report.Equal(reply.UsageMetadata.TotalTokenCount, 18))
		}},
		{Name: "stream", Run: func(ctx context.Context, model string) error {
			text, finish, err := streamed(ctx, model, "[plain]")
			return errors.Join(err, report.Equal(text, report.Plain), report.Equal(finish, genai.FinishReasonStop))
		}},
		{Name: "tools", Run: func(ctx context.Context, model string) error {
			config := &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{
				{Name: "get_weather", ParametersJsonSchema: report.Weather}}}}}
			turns := genai.Text("[tools]")
			reply, err := create(ctx, model, turns, config)
			if err != nil {
				return err
			}
			results := &genai.Content{Role: "user"}
			for _, call := range reply.FunctionCalls() {
				results.Parts = append(results.Parts, &genai.Part{FunctionResponse: &genai.FunctionResponse{ID: call.ID, Name: call.Name,
					Response: map[string]any{"output": report.Degrees[call.Args["city"].(string)]}}})
			}
			last, err := create(ctx, model, append(turns, reply.Candidates[0].Content, results), config)
			if err != nil {
				return err
			}
			// A vendor whose results are texts gets the object as JSON.
			return errors.Join(report.Equal(len(results.Parts), 2), report.Refused(errors.New(last.Text()), "24 degrees"))
		}},
		{Name: "structured", Run: func(ctx context.Context, model string) error {
			reply, err := create(ctx, model, genai.Text("[schema]"), &genai.GenerateContentConfig{ResponseMIMEType: "application/json", ResponseSchema: &genai.Schema{
				Type: genai.TypeObject, Properties: map[string]*genai.Schema{"name": {Type: genai.TypeString}, "age": {Type: genai.TypeInteger}}}})
			if err != nil {
				return err
			}
			return report.Equal(len(reply.Text()) > 10, true)
		}},
		{Name: "error", Run: func(ctx context.Context, model string) error {
			_, err := create(ctx, model, genai.Text("[error-404]"), nil)
			var failure genai.APIError
			if !errors.As(err, &failure) {
				return err
			}
			return errors.Join(report.Equal(failure.Code, 404), report.Equal(failure.Status, "NOT_FOUND"))
		}},
		{Name: "broken_stream", Run: func(ctx context.Context, model string) error {
			_, finish, err := streamed(ctx, model, "[cut]")
			if err == nil && finish != "" {
				return errors.New("a stream that broke has ended well")
			}
			return nil
		}},
	})
}
