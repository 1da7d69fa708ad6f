// SPDX-License-Identifier: BSL-1.0
// Requests of three languages with all that most of them have: what goes upstream for them is judged by the upstream's description.
import { master_key } from './gateway.mjs';

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const closed = { ...parameters, additionalProperties: false };
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const last = { role: 'user', content: 'Say [plain]' };
const call_id = `call_${'1234567890'.repeat(4)}`;

const openai = {
    temperature: 0.5, top_p: 0.9, max_completion_tokens: 50, seed: 3, stop: ['END'], presence_penalty: 0.1, frequency_penalty: 0.1, n: 1,
    parallel_tool_calls: false, user: 'u', store: false, tool_choice: 'required',
    tools: [{ type: 'function', function: { name: 'f', description: 'd', strict: true, parameters: closed } }, { type: 'function', function: { name: 'g' }, cache_control: { type: 'ephemeral' } }],
    messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'a' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${image}`, detail: 'low' } }] },
        // As the gateway answers: clients send all of it back.
        {
            role: 'assistant', content: 'b', refusal: null, annotations: [], reasoning_content: 'hm', thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'c2ln' }],
            tool_calls: [{ id: call_id, type: 'function', function: { name: 'f', arguments: '{"city":"x"}' }, extra_content: { google: { thought_signature: 'c2ln' } } }],
        },
        { role: 'tool', tool_call_id: call_id, content: [{ type: 'text', text: 'r', cache_control: { type: 'ephemeral' } }] },
        last,
    ],
};
const by_schema = {
    max_tokens: 50, response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: closed } }, messages: [last],
};
const anthropic = {
    max_tokens: 2000, temperature: 1, top_p: 0.9, stop_sequences: ['END'], metadata: { user_id: 'u' }, thinking: { type: 'enabled', budget_tokens: 1024 },
    system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }], tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    tools: [{ name: 'f', description: 'd', input_schema: parameters, cache_control: { type: 'ephemeral' } }],
    messages: [
        { role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }] },
        { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 'c2ln' }, { type: 'tool_use', id: 'toolu_01', name: 'f', input: { city: 'x' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', is_error: true, content: [{ type: 'text', text: 'r' }] }, { type: 'text', text: last.content }] },
    ],
};
const gemini = {
    systemInstruction: { parts: [{ text: 'Be kind.' }] },
    generationConfig: { temperature: 0.5, topP: 0.9, maxOutputTokens: 50, stopSequences: ['END'], seed: 3, candidateCount: 1 },
    tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] } }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    contents: [
        { role: 'user', parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: image } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { city: 'x' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'r' } } }, { text: last.content }] },
    ],
};

/// Pairs of a path and a body, whole and streamed, for the model \p model.
export const full_requests = model => [
    ['/v1/chat/completions', { model, ...openai }],
    ['/v1/chat/completions', { model, ...openai, stream: true, stream_options: { include_usage: true } }],
    ['/v1/chat/completions', { model, ...by_schema }],
    ['/v1/messages', { model, ...anthropic }],
    ['/v1/messages', { model, ...anthropic, stream: true }],
    [`/v1beta/models/${model}:generateContent`, gemini],
    [`/v1beta/models/${model}:streamGenerateContent?alt=sse`, gemini],
];

export const post = (origin, path, body) => fetch(origin + path, {
    method: 'POST', headers: { authorization: `Bearer ${master_key}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
});
