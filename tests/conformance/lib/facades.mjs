// SPDX-License-Identifier: BSL-1.0
// The unmodified clients behind one interface, so that a test is one row for all of them. A conversation
// is kept in the client's own words: the assistant's turn goes back exactly as the SDK returned it.
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI, { AzureOpenAI } from 'openai';

const timeout = 15_000;
const anthropic_finish = r => ({ end_turn: 'stop', stop_sequence: 'stop', max_tokens: 'length', tool_use: 'tool_calls', refusal: 'content_filter' })[r] ?? r;
const gemini_finish = (r, calls) => ({ STOP: calls.length ? 'tool_calls' : 'stop', MAX_TOKENS: 'length', SAFETY: 'content_filter', PROHIBITED_CONTENT: 'content_filter' })[r] ?? r;
const upper_types = s => Array.isArray(s) ? s.map(upper_types) : s === null || typeof s !== 'object' ? s
    : Object.fromEntries(Object.entries(s).filter(([k]) => k !== 'additionalProperties')
        .map(([k, v]) => [k, k === 'type' && typeof v === 'string' ? v.toUpperCase() : upper_types(v)]));

// A scenario: {prompt, system, image: {type, data}, tools: [{name, description, parameters}], schema: {name, schema},
// stop: [], thinking: true, max_tokens}. A result: {text, thinking, signatures, calls: [{id, name, args}], finish,
// usage: {input, output, cached, reasoning}, pieces, turn, raw}.

const openai_like = make => ({
    dialect: 'openai',
    make,
    start({ prompt, system, image, tools, schema, stop, thinking, max_tokens, ...rest }) {
        return {
            messages: [
                ...(system ? [{ role: 'system', content: system }] : []),
                { role: 'user', content: image ? [{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: `data:${image.type};base64,${image.data}` } }] : prompt },
            ],
            ...(tools ? { tools: tools.map(f => ({ type: 'function', function: f })) } : {}),
            ...(schema ? { response_format: { type: 'json_schema', json_schema: { name: schema.name, schema: schema.schema, strict: true } } } : {}),
            ...(stop ? { stop } : {}),
            ...(thinking ? { reasoning_effort: 'low' } : {}),
            ...(max_tokens ? { max_completion_tokens: max_tokens } : {}),
            ...rest.openai,
        };
    },
    extend(params, result, tool_results) {
        return { ...params, messages: [...params.messages, result.turn, ...tool_results.map(r => ({ role: 'tool', tool_call_id: r.id, content: r.text }))] };
    },
    async send(client, model, params, { stream = false, signal } = {}) {
        if (!stream) return openai_result(await client.chat.completions.create({ model, ...params }, { signal }));
        const chunks = [];
        const helper = client.chat.completions.stream({ model, ...params, stream_options: { include_usage: true } }, { signal });
        for await (const c of helper) chunks.push(c);
        const whole = await helper.finalChatCompletion();
        // The SDK's accumulator leaves members it does not know to the caller.
        const deltas = chunks.flatMap(c => c.choices.map(x => x.delta));
        const reasoning = deltas.map(d => d.reasoning_content ?? '').join('');
        const blocks = deltas.flatMap(d => d.thinking_blocks ?? []);
        if (reasoning) whole.choices[0].message.reasoning_content = reasoning;
        if (blocks.length) whole.choices[0].message.thinking_blocks = blocks;
        return { ...openai_result(whole), pieces: deltas.filter(d => d.content).length };
    },
    /// The stream as the SDK hands it out, without its accumulator.
    async *raw_stream(client, model, params, { signal } = {}) {
        for await (const c of await client.chat.completions.create({ model, ...params, stream: true }, { signal })) yield { finish: c.choices[0]?.finish_reason, raw: c };
    },
    error_class: { 400: OpenAI.BadRequestError, 401: OpenAI.AuthenticationError, 404: OpenAI.NotFoundError, 429: OpenAI.RateLimitError, 500: OpenAI.InternalServerError },
    retry_after: e => e.headers?.get('retry-after'),
    abort_errors: [OpenAI.APIUserAbortError],
});

function openai_result(whole) {
    const [{ message, finish_reason }] = whole.choices;
    return {
        text: message.content ?? '', thinking: message.reasoning_content ?? '',
        signatures: (message.thinking_blocks ?? []).map(b => b.signature ?? b.data).filter(Boolean),
        calls: (message.tool_calls ?? []).map(c => ({ id: c.id, name: c.function.name, args: JSON.parse(c.function.arguments) })),
        finish: finish_reason,
        usage: {
            input: whole.usage?.prompt_tokens, output: whole.usage?.completion_tokens,
            cached: whole.usage?.prompt_tokens_details?.cached_tokens ?? 0, reasoning: whole.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
        },
        turn: message, raw: whole,
    };
}

const anthropic = {
    dialect: 'anthropic',
    make: (baseURL, apiKey) => new Anthropic({ baseURL, apiKey, maxRetries: 0, timeout }),
    start({ prompt, system, image, tools, schema, stop, thinking, max_tokens, ...rest }) {
        return {
            max_tokens: max_tokens ?? (thinking ? 4096 : 256),
            ...(system ? { system } : {}),
            messages: [{ role: 'user', content: image ? [{ type: 'text', text: prompt }, { type: 'image', source: { type: 'base64', media_type: image.type, data: image.data } }] : prompt }],
            ...(tools ? { tools: tools.map(f => ({ name: f.name, description: f.description, input_schema: f.parameters })) } : {}),
            ...(schema ? { output_config: { format: { type: 'json_schema', schema: schema.schema } } } : {}),
            ...(stop ? { stop_sequences: stop } : {}),
            ...(thinking ? { thinking: { type: 'enabled', budget_tokens: 2048 } } : {}),
            ...rest.anthropic,
        };
    },
    extend(params, result, tool_results) {
        return {
            ...params,
            messages: [...params.messages, result.turn, { role: 'user', content: tool_results.map(r => ({ type: 'tool_result', tool_use_id: r.id, content: r.text })) }],
        };
    },
    async send(client, model, params, { stream = false, signal } = {}) {
        if (!stream) return anthropic_result(await client.messages.create({ model, ...params }, { signal }));
        const helper = client.messages.stream({ model, ...params }, { signal });
        let pieces = 0;
        for await (const e of helper) if (e.type === 'content_block_delta' && e.delta.type === 'text_delta') ++pieces;
        return { ...anthropic_result(await helper.finalMessage()), pieces };
    },
    async *raw_stream(client, model, params, { signal } = {}) {
        for await (const e of await client.messages.create({ model, ...params, stream: true }, { signal }))
            yield { finish: e.type === 'message_stop' ? 'message_stop' : e.type === 'message_delta' ? e.delta.stop_reason : null, raw: e };
    },
    error_class: { 400: Anthropic.BadRequestError, 401: Anthropic.AuthenticationError, 404: Anthropic.NotFoundError, 429: Anthropic.RateLimitError, 500: Anthropic.InternalServerError },
    retry_after: e => e.headers?.get('retry-after'),
    abort_errors: [Anthropic.APIUserAbortError],
};

function anthropic_result(m) {
    const of = type => m.content.filter(b => b.type === type);
    const u = m.usage, cached = u.cache_read_input_tokens ?? 0;
    return {
        text: of('text').map(b => b.text).join(''), thinking: of('thinking').map(b => b.thinking).join(''),
        signatures: [...of('thinking').map(b => b.signature), ...of('redacted_thinking').map(b => b.data)].filter(Boolean),
        calls: of('tool_use').map(b => ({ id: b.id, name: b.name, args: b.input })),
        finish: anthropic_finish(m.stop_reason),
        usage: {
            input: u.input_tokens + cached + (u.cache_creation_input_tokens ?? 0), output: u.output_tokens, cached,
            reasoning: u.output_tokens_details?.thinking_tokens ?? 0,
        },
        turn: { role: 'assistant', content: m.content }, raw: m,
    };
}

const gemini = {
    dialect: 'gemini',
    make: (baseUrl, apiKey) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl, timeout } }),
    start({ prompt, system, image, tools, schema, stop, thinking, max_tokens, ...rest }) {
        return {
            contents: [{ role: 'user', parts: [{ text: prompt }, ...(image ? [{ inlineData: { mimeType: image.type, data: image.data } }] : [])] }],
            config: {
                ...(system ? { systemInstruction: system } : {}),
                ...(tools ? { tools: [{ functionDeclarations: tools.map(f => ({ name: f.name, description: f.description, parameters: upper_types(f.parameters) })) }] } : {}),
                ...(schema ? { responseMimeType: 'application/json', responseSchema: upper_types(schema.schema) } : {}),
                ...(stop ? { stopSequences: stop } : {}),
                ...(thinking ? { thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } } : {}),
                ...(max_tokens ? { maxOutputTokens: max_tokens } : {}),
                ...rest.gemini,
            },
        };
    },
    extend(params, result, tool_results) {
        return {
            ...params,
            contents: [...params.contents, result.turn, {
                role: 'user',
                parts: tool_results.map(r => ({ functionResponse: { ...(r.id ? { id: r.id } : {}), name: r.name, response: { result: r.text } } })),
            }],
        };
    },
    async send(client, model, params, { stream = false, signal } = {}) {
        const request = { model, contents: params.contents, config: { ...params.config, ...(signal ? { abortSignal: signal } : {}) } };
        if (!stream) return gemini_result([await client.models.generateContent(request)]);
        const chunks = [];
        for await (const c of await client.models.generateContentStream(request)) chunks.push(c);
        return gemini_result(chunks);
    },
    async *raw_stream(client, model, params, { signal } = {}) {
        const request = { model, contents: params.contents, config: { ...params.config, ...(signal ? { abortSignal: signal } : {}) } };
        for await (const c of await client.models.generateContentStream(request)) yield { finish: c.candidates?.[0]?.finishReason, raw: c };
    },
    error_class: { 400: ApiError, 401: ApiError, 404: ApiError, 429: ApiError, 500: ApiError },
    // The SDK keeps no headers with its errors; the test reads the relay's record instead.
    retry_after: null,
    abort_errors: null,
};

function gemini_result(chunks) {
    const parts = chunks.flatMap(c => c.candidates?.[0]?.content?.parts ?? []);
    const text = parts.filter(p => p.text !== undefined && !p.thought);
    const calls = parts.filter(p => p.functionCall).map(p => ({ id: p.functionCall.id, name: p.functionCall.name, args: p.functionCall.args ?? {} }));
    const u = chunks.map(c => c.usageMetadata).filter(Boolean).at(-1) ?? {};
    return {
        text: text.map(p => p.text).join(''), thinking: parts.filter(p => p.thought).map(p => p.text ?? '').join(''),
        signatures: parts.map(p => p.thoughtSignature).filter(Boolean),
        calls, finish: gemini_finish(chunks.map(c => c.candidates?.[0]?.finishReason).filter(Boolean).at(-1), calls),
        usage: {
            input: u.promptTokenCount, output: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0),
            cached: u.cachedContentTokenCount ?? 0, reasoning: u.thoughtsTokenCount ?? 0,
        },
        pieces: text.length, turn: { role: 'model', parts }, raw: chunks,
    };
}

export const facades = {
    openai: openai_like((url, apiKey) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout })),
    azure: openai_like((url, apiKey) => new AzureOpenAI({ endpoint: url, apiKey, apiVersion: '2024-10-21', maxRetries: 0, timeout })),
    anthropic,
    gemini,
};
export const upstreams = ['openai', 'anthropic', 'gemini', 'azure'];
/// The language each upstream speaks.
export const dialect_of = { openai: 'openai', azure: 'openai', anthropic: 'anthropic', gemini: 'gemini' };

/// Every (façade, upstream) cell; without a gateway only those where the client speaks to its own kind.
export function cells(through_gateway) {
    const all = Object.keys(facades).flatMap(facade => upstreams.map(upstream => ({ facade, upstream })));
    return through_gateway ? all : all.filter(c => c.facade === c.upstream);
}
