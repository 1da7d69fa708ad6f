// SPDX-License-Identifier: BSL-1.0

// OpenAI's own Go SDK against /v1/chat/completions. Prints a line for each check and upstream, as python/checks.py does.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/shared"
)

const (
	plain    = "One answer of several words."
	answered = "Paris 18 degrees, Rome 24 degrees"
	unicode  = "Grüße aus Köln ✓ — 日本語 العربية \U0001f469\u200d\U0001f469\u200d\U0001f467 \u2028 \U0001d11e \"quoted\" \\ back.\tTab.\nSecond line."
)

var (
	url      = os.Getenv("LLMX_URL")
	upstream = os.Getenv("LLMX_UPSTREAM")
	client   = openai.NewClient(option.WithBaseURL(url+"/v1"), option.WithAPIKey(os.Getenv("LLMX_KEY")), option.WithMaxRetries(0))
	degrees  = map[string]string{"Paris": "18 degrees", "Rome": "24 degrees"}
	weather  = shared.FunctionParameters{"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}, "required": []string{"city"}}
	tools    = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
		Name: "get_weather", Description: openai.String("Weather of a city"), Parameters: weather})}
	marks = 0
)

func mark() string {
	marks++
	return fmt.Sprintf("go%d-%d", os.Getpid(), marks)
}

// How often the upstream was called with a mark, and how many of these calls the gateway left.
func seen(name string) (requests, left int, err error) {
	reply, err := http.Get(upstream + "/seen/" + name)
	if err != nil {
		return 0, 0, err
	}
	defer reply.Body.Close()
	var counts struct{ Requests, Left int }
	err = json.NewDecoder(reply.Body).Decode(&counts)
	return counts.Requests, counts.Left, err
}

func equal(got, expected any) error {
	if fmt.Sprint(got) != fmt.Sprint(expected) {
		return fmt.Errorf("%q instead of %q", fmt.Sprint(got), fmt.Sprint(expected))
	}
	return nil
}

func params(model, text string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{Model: model, Messages: []openai.ChatCompletionMessageParamUnion{
		openai.SystemMessage("Be brief."), openai.UserMessage(text)}}
}

func create(ctx context.Context, p openai.ChatCompletionNewParams, opts ...option.RequestOption) (*openai.ChatCompletion, error) {
	return client.Chat.Completions.New(ctx, p, opts...)
}

type gathered struct {
	text   string
	pieces int
	whole  openai.ChatCompletionAccumulator
}

func read(stream *ssestream.Stream[openai.ChatCompletionChunk]) (*gathered, error) {
	defer stream.Close()
	all := &gathered{}
	for stream.Next() {
		chunk := stream.Current()
		if !all.whole.AddChunk(chunk) {
			return all, fmt.Errorf("the accumulator refused a chunk: %s", chunk.RawJSON())
		}
		for _, choice := range chunk.Choices {
			if choice.Delta.Content != "" {
				all.text += choice.Delta.Content
				all.pieces++
			}
		}
	}
	return all, stream.Err()
}

func streamed(ctx context.Context, p openai.ChatCompletionNewParams) (*gathered, error) {
	return read(client.Chat.Completions.NewStreaming(ctx, p))
}

func counted(u openai.CompletionUsage) error {
	return equal([]int64{u.PromptTokens, u.CompletionTokens, u.TotalTokens, u.PromptTokensDetails.CachedTokens}, []int64{11, 7, 18, 4})
}

func answers(ctx context.Context, model string, choice openai.ChatCompletionChoice) error {
	if err := equal(choice.FinishReason, "tool_calls"); err != nil {
		return err
	}
	p := params(model, "[tools]")
	p.Tools = tools
	p.Messages = append(p.Messages, choice.Message.ToParam())
	ids, cities := map[string]bool{}, []string{}
	for _, call := range choice.Message.ToolCalls {
		var arguments struct{ City string }
		if err := json.Unmarshal([]byte(call.Function.Arguments), &arguments); err != nil {
			return err
		}
		ids[call.ID] = true
		cities = append(cities, call.Function.Name+" "+arguments.City)
		p.Messages = append(p.Messages, openai.ToolMessage(degrees[arguments.City], call.ID))
	}
	if err := errors.Join(equal(cities, []string{"get_weather Paris", "get_weather Rome"}), equal(len(ids), 2)); err != nil {
		return err
	}
	reply, err := create(ctx, p)
	if err != nil {
		return err
	}
	return equal(reply.Choices[0].Message.Content, answered)
}

func refused(status int, stream bool) func(context.Context, string) error {
	return func(ctx context.Context, model string) error {
		p := params(model, fmt.Sprintf("[error-%d]", status))
		var err error
		if stream {
			_, err = streamed(ctx, p)
		} else {
			_, err = create(ctx, p)
		}
		var failure *openai.Error
		if !errors.As(err, &failure) {
			return fmt.Errorf("not the SDK's error: %v", err)
		}
		if err := errors.Join(equal(failure.StatusCode, status), equal(strings.Contains(failure.Message, fmt.Sprintf("failed with %d", status)), true),
			equal(failure.Response.Header.Get("x-request-id") != "", true)); err != nil {
			return fmt.Errorf("%w: %s", err, failure.RawJSON())
		}
		if status == 429 {
			return equal(failure.Response.Header.Get("retry-after"), "1")
		}
		return nil
	}
}

type check struct {
	name string
	run  func(context.Context, string) error
}

var checks = []check{
	{"chat", func(ctx context.Context, model string) error {
		p := params(model, "[plain]")
		p.Temperature = openai.Float(0.5)
		p.MaxCompletionTokens = openai.Int(50)
		reply, err := create(ctx, p)
		if err != nil {
			return err
		}
		return errors.Join(equal(reply.Choices[0].Message.Content, plain), equal(reply.Choices[0].FinishReason, "stop"), counted(reply.Usage))
	}},
	{"stream", func(ctx context.Context, model string) error {
		p := params(model, "[plain]")
		p.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
		all, err := streamed(ctx, p)
		if err != nil {
			return err
		}
		return errors.Join(equal(all.text, plain), equal(all.pieces > 2, true), equal(all.whole.Choices[0].FinishReason, "stop"), counted(all.whole.Usage))
	}},
	{"unicode", func(ctx context.Context, model string) error {
		reply, err := create(ctx, params(model, "[echo]"+unicode))
		if err != nil {
			return err
		}
		return equal(reply.Choices[0].Message.Content, unicode)
	}},
	{"unicode_stream", func(ctx context.Context, model string) error {
		all, err := streamed(ctx, params(model, "[echo]"+unicode))
		if err != nil {
			return err
		}
		return equal(all.text, unicode)
	}},
	{"parallel_tools", func(ctx context.Context, model string) error {
		p := params(model, "[tools]")
		p.Tools = tools
		p.ParallelToolCalls = openai.Bool(true)
		reply, err := create(ctx, p)
		if err != nil {
			return err
		}
		return answers(ctx, model, reply.Choices[0])
	}},
	{"parallel_tools_stream", func(ctx context.Context, model string) error {
		p := params(model, "[tools]")
		p.Tools = tools
		all, err := streamed(ctx, p)
		if err != nil {
			return err
		}
		return answers(ctx, model, all.whole.Choices[0])
	}},
	{"structured", func(ctx context.Context, model string) error {
		p := params(model, "[schema]")
		schema := map[string]any{"type": "object", "properties": map[string]any{"name": map[string]any{"type": "string"}, "age": map[string]any{"type": "integer"}},
			"required": []string{"name", "age"}, "additionalProperties": false}
		p.ResponseFormat = openai.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{
			JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: "person", Strict: openai.Bool(true), Schema: schema}}}
		reply, err := create(ctx, p)
		if err != nil {
			return err
		}
		var person struct {
			Name string
			Age  int
		}
		return errors.Join(json.Unmarshal([]byte(reply.Choices[0].Message.Content), &person), equal(person, "{Ada 36}"))
	}},
	{"error_400", refused(400, false)}, {"error_400_stream", refused(400, true)},
	{"error_401", refused(401, false)}, {"error_401_stream", refused(401, true)},
	{"error_404", refused(404, false)}, {"error_404_stream", refused(404, true)},
	{"error_429", refused(429, false)}, {"error_429_stream", refused(429, true)},
	{"error_500", refused(500, false)}, {"error_500_stream", refused(500, true)},
	{"retried_after_429", func(ctx context.Context, model string) error {
		name := mark()
		reply, err := create(ctx, params(model, "[limited "+name+"]"), option.WithMaxRetries(2))
		if err != nil {
			return err
		}
		requests, _, err := seen(name)
		return errors.Join(err, equal(requests, 2), equal(reply.Choices[0].Message.Content, plain))
	}},
	{"broken_stream", func(ctx context.Context, model string) error {
		all, err := streamed(ctx, params(model, "[cut]"))
		if err == nil {
			return errors.New("a stream that broke has ended without an error")
		}
		return equal(strings.HasPrefix(all.text, "one "), true)
	}},
	{"cancelled", func(ctx context.Context, model string) error {
		name := mark()
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		stream := client.Chat.Completions.NewStreaming(inner, params(model, "[slow "+name+"]"))
		for stream.Next() {
			if choices := stream.Current().Choices; len(choices) > 0 && choices[0].Delta.Content != "" {
				break
			}
		}
		cancel()
		if stream.Next(); stream.Err() == nil && stream.Next() {
			return errors.New("the stream goes on after its context was cancelled")
		}
		stream.Close()
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if _, left, err := seen(name); err != nil || left == 1 {
				return err
			}
		}
		return errors.New("the upstream's call goes on although the client has left")
	}},
}

func main() {
	code := 0
	for _, m := range []struct{ upstream, model string }{{"openai", "gpt"}, {"anthropic", "claude"}, {"gemini", "gem"}} {
		for _, c := range checks {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			if err := c.run(ctx, m.model); err != nil {
				code = 1
				fmt.Printf("not ok openai-go %s %s # %s\n", m.upstream, c.name, strings.Join(strings.Fields(err.Error()), " "))
			} else {
				fmt.Printf("ok openai-go %s %s\n", m.upstream, c.name)
			}
			cancel()
		}
	}
	os.Exit(code)
}
