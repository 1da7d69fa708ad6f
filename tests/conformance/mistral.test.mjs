// SPDX-License-Identifier: BSL-1.0
// The unmodified SDK of Mistral as the client, over an upstream of every language, and over a server of Mistral's form that records what it gets.
import { Mistral } from '@mistralai/mistralai';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { full_requests, post } from './lib/full_requests.mjs';
import { Gateway, gateway_program, master_key } from './lib/gateway.mjs';
import { check_mistral_gap, check_mistral_reply, check_mistral_request, check_mistral_stream, needs_description } from './lib/mistral.mjs';
import { Stack, needs_gateway } from './lib/stack.mjs';

// The SDK adds "/v1/…" to the path of its server's URL.
const make = (origin, apiKey = master_key) => new Mistral({ apiKey, serverURL: `${origin}/mistralai`, retryConfig: { strategy: 'none' } });
const weather = {
    type: 'function', function: {
        name: 'get_weather', description: 'Weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string' } }, required: ['city'] },
    },
};
const red_dot = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const plain_text = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';
const user = content => ({ role: 'user', content });

/// Text, thoughts, calls, reason and usage of an answer, whole or streamed.
async function send(client, request, stream) {
    const got = { text: '', thinking: '', calls: [], finish: null, usage: null, pieces: 0, message: null };
    const add = content => {
        for (const chunk of typeof content === 'string' ? [{ type: 'text', text: content }] : content ?? []) {
            if (chunk.type === 'text') got.text += chunk.text;
            else if (chunk.type === 'thinking') got.thinking += chunk.thinking.map(t => t.text).join('');
        }
    };
    if (stream) {
        for await (const { data } of await client.chat.stream(request)) {
            const [choice] = data.choices;
            if (choice?.delta.content) { add(choice.delta.content); ++got.pieces; }
            got.calls.push(...(choice?.delta.toolCalls ?? []));
            got.finish = choice?.finishReason ?? got.finish;
            got.usage = data.usage ?? got.usage;
        }
        got.message = { role: 'assistant', content: got.text, ...(got.calls.length ? { toolCalls: got.calls } : {}) };
    } else {
        const r = await client.chat.complete(request);
        const [choice] = r.choices;
        add(choice.message.content);
        got.calls = choice.message.toolCalls ?? [];
        got.finish = choice.finishReason;
        got.usage = r.usage;
        got.message = choice.message;
    }
    return got;
}

test('the description bites', { skip: needs_description }, () => {
    assert.deepEqual(check_mistral_request({ model: 'm', messages: [user('x')] }), []);
    assert.notDeepEqual(check_mistral_request({ model: 'm', messages: [user('x')], seed: 1 }), []);
    assert.notDeepEqual(check_mistral_reply({ id: 'i', object: 'chat.completion', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 1 } }] }), []);
    assert.notDeepEqual(check_mistral_stream(Buffer.from('data: {"id":"i"}\n\ndata: [DONE]\n\n')), []);
});

describe('mistral', { timeout: 240_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());

    for (const upstream of ['openai', 'anthropic', 'gemini', 'azure'])
        for (const stream of [false, true]) {
            const how = `${upstream} upstream${stream ? ', streamed' : ''}`;
            const ask = request => send(make(s.url), { model: s.model(upstream), ...request }, stream);

            test(`${how}: a text and its tokens`, async () => {
                const r = await ask({ messages: [{ role: 'system', content: 'Be kind.' }, user('Say [plain]')], maxTokens: 77, randomSeed: 3, safePrompt: false });
                assert.equal(r.text, plain_text);
                assert.equal(r.finish, 'stop');
                assert.deepEqual([r.usage.promptTokens, r.usage.completionTokens, r.usage.totalTokens], [11, 7, 18]);
                if (stream) assert.ok(r.pieces > 3);
                const sent = s.back.last.json();
                assert.ok(JSON.stringify(sent).includes('Be kind.'));
                if (upstream === 'openai' || upstream === 'azure') assert.equal(sent.seed, 3);
                await s.verify();
            });
            test(`${how}: tools are called and answered`, async () => {
                const messages = [user('Both? [parallel]')], tools = [weather];
                const asked = await ask({ messages, tools, toolChoice: 'auto' });
                assert.equal(asked.finish, 'tool_calls');
                const args = c => typeof c.function.arguments === 'string' ? JSON.parse(c.function.arguments) : c.function.arguments;
                assert.deepEqual(asked.calls.map(c => [c.function.name, args(c).city]), [['get_weather', 'Paris'], ['get_weather', 'Rome']]);
                assert.equal(new Set(asked.calls.map(c => c.id)).size, 2);
                const degrees = { Paris: '18 degrees', Rome: '24 degrees' };
                const results = asked.calls.map(c => ({ role: 'tool', name: c.function.name, toolCallId: c.id, content: degrees[args(c).city] }));
                const r = await ask({ messages: [...messages, asked.message, ...results], tools });
                assert.equal(r.text, 'Paris 18, Rome 24.');
                await s.verify();
            });
            test(`${how}: an image, stop sequences, limits`, async () => {
                const image = { type: 'image_url', imageUrl: red_dot };
                assert.equal((await ask({ messages: [user([{ type: 'text', text: 'What is it? [image]' }, image])] })).text, 'A red dot.');
                assert.ok(JSON.stringify(s.back.last.json()).includes(red_dot.split(',')[1]));
                assert.equal((await ask({ messages: [user('Count [stop]')], stop: ['three', 'END'] })).text, 'one two ');
                assert.equal((await ask({ messages: [user('Go [length]')] })).finish, 'length');
                assert.equal((await ask({ messages: [user('Bad [filter]')] })).finish, 'error');
                await s.verify();
            });
            test(`${how}: a JSON schema`, async () => {
                const schema = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false };
                const r = await ask({ messages: [user('Who? [schema]')], responseFormat: { type: 'json_schema', jsonSchema: { name: 'person', schemaDefinition: schema, strict: true } } });
                assert.deepEqual(JSON.parse(r.text), { name: 'Ada', age: 36 });
                await s.verify();
            });
        }

    test('a wrong key, an unknown model and what cannot be left out fail with their status', async () => {
        const request = { model: s.model('openai'), messages: [user('Say [plain]')] };
        for (const [client, more, status] of [
            [make(s.url, 'wrong'), {}, 401], [make(s.url), { model: 'none' }, 404], [make(s.url), { safePrompt: true }, 400], [make(s.url), { messages: [] }, 400],
        ])
            for (const stream of [false, true])
                await assert.rejects(send(client, { ...request, ...more }, stream), e => {
                    assert.equal(e.statusCode, status);
                    assert.equal(JSON.parse(e.body).object, 'error');
                    return true;
                });
    });
});

describe('mistral over Mistral', { timeout: 60_000, skip: gateway_program ? false : 'LLMX_GATEWAY is not set' }, () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    let server, gateway, seen;
    before(async () => {
        server = http.createServer(async (req, res) => {
            const pieces = [];
            for await (const p of req) pieces.push(p);
            const body = JSON.parse(Buffer.concat(pieces));
            seen.push({ path: req.url, body, key: req.headers.authorization });
            const content = [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }, { type: 'text', text: 'Hi' }];
            if (!body.stream) {
                res.setHeader('content-type', 'application/json');
                return res.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: body.model, usage, choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }] }));
            }
            res.setHeader('content-type', 'text/event-stream');
            const chunk = more => res.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: body.model, ...more })}\n\n`);
            chunk({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] });
            chunk({ choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop' }], usage });
            res.end('data: [DONE]\n\n');
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        const api_base = `http://127.0.0.1:${server.address().port}/v1`;
        gateway = await Gateway.start({
            model_list: [{ model_name: 'm', litellm_params: { model: 'mistral/mistral-large-latest', api_key: 'up', api_base } }],
            router_settings: { num_retries: 0 }, general_settings: { master_key },
        });
    });
    after(async () => { await gateway?.stop(); server?.close(); });
    beforeEach(() => { seen = []; });

    for (const [path, request] of full_requests('m'))
        test(`what goes to Mistral from ${path}${request.stream ? ', streamed,' : ''} is as its description has it`, { skip: needs_description }, async () => {
            const reply = await post(gateway.origin, path, request);
            assert.equal(reply.status, 200, await reply.text());
            assert.deepEqual(check_mistral_request(seen[0].body), []);
        });

    for (const stream of [false, true]) {
        test(`its own members pass${stream ? ', streamed' : ''}`, async () => {
            const r = await send(make(gateway.origin), {
                model: 'm', randomSeed: 7, safePrompt: true, promptMode: 'reasoning', toolChoice: 'any', tools: [weather],
                messages: [user([{ type: 'document_url', documentUrl: 'https://e.com/a.pdf' }]), { role: 'assistant', content: 'Begin', prefix: true }],
            }, stream);
            assert.deepEqual([r.thinking, r.text, r.usage.totalTokens], ['hm', 'Hi', 5]);
            const [{ path, body, key }] = seen;
            assert.equal(path, '/v1/chat/completions');
            assert.equal(key, 'Bearer up');
            assert.deepEqual([body.model, body.random_seed, body.safe_prompt, body.prompt_mode, body.tool_choice], ['mistral-large-latest', 7, true, 'reasoning', 'any']);
            assert.deepEqual(body.messages[0].content, [{ type: 'document_url', document_url: 'https://e.com/a.pdf' }]);
            assert.equal(body.messages[1].prefix, true);
            assert.deepEqual(check_mistral_request(body), []);
        });
        test(`a gap is completed${stream ? ', streamed' : ''}`, async () => {
            const request = { model: 'm', prompt: 'def f(', suffix: 'return a', randomSeed: 1, minTokens: 2 };
            let text = '';
            if (stream) for await (const { data } of await make(gateway.origin).fim.stream(request)) text += (data.choices[0]?.delta.content ?? []).at?.(1)?.text ?? '';
            else text = (await make(gateway.origin).fim.complete(request)).choices[0].message.content.at(1).text;
            assert.equal(text, 'Hi');
            const [{ path, body }] = seen;
            assert.equal(path, '/v1/fim/completions');
            assert.deepEqual(check_mistral_gap(body), []);
            assert.deepEqual([body.model, body.prompt, body.suffix, body.random_seed, body.min_tokens], ['mistral-large-latest', 'def f(', 'return a', 1, 2]);
        });
    }
});
