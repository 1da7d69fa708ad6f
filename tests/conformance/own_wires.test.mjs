// SPDX-License-Identifier: BSL-1.0
// Cohere's and Ollama's own wires: their vendors' SDKs at the façades over each upstream, and OpenAI's SDK over fakes of both.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { CohereClientV2, CohereError } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { full_requests, post } from './lib/full_requests.mjs';
import { check_cohere_reply, check_cohere_request, check_cohere_stream, needs_description } from './lib/cohere.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const ask = content => [{ role: 'user', content }];
const weather = { type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } };
// Those of the other languages, and the fakes of both wires, whose own answers pass as they are.
const upstreams = ['openai', 'anthropic', 'gemini', 'command', 'llama'];

test('the judge bites', { skip: needs_description }, () => {
    assert.deepEqual(check_cohere_request({ model: 'm', messages: ask('x') }), []);
    assert.notDeepEqual(check_cohere_request({ model: 'm', messages: [{ role: 'user' }] }), []);
    assert.notDeepEqual(check_cohere_reply({ id: 'i', finish_reason: 'stop', message: { role: 'assistant' } }), []);
    assert.notDeepEqual(check_cohere_stream(Buffer.from('event: message-start\ndata: {"type":"message-start"}\n\n')), []);
});

describe('own wires', { timeout: 240_000, skip: needs_gateway }, () => {
    let s, cohere, ollama, openai;
    before(async () => {
        if (needs_gateway) return;
        const row = (name, provider, upstream, origin) => ({ model_name: name, litellm_params: { model: `${provider}/${upstream}`, api_key: `sk-${provider}`, api_base: origin } });
        s = await Stack.start({
            config: origin => ({ extra_models: [row('command', 'cohere_chat', 'command-a-03-2025', origin), row('llama', 'ollama', 'llama3.2', origin)] }),
        });
        cohere = new CohereClientV2({ token: s.key, environment: s.url, maxRetries: 0 });
        ollama = new Ollama({ host: s.url, headers: { authorization: `Bearer ${s.key}` } });
        openai = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());
    const judged = check => { if (!needs_description) assert.deepEqual(check(), []); };
    const name_of = upstream => ['command', 'llama'].includes(upstream) ? upstream : s.model(upstream);

    for (const upstream of upstreams) {
        test(`cohere-ai over ${upstream}: whole, streamed, tools`, { timeout: 60_000 }, async () => {
            const r = await cohere.chat({ model: name_of(upstream), messages: ask('[plain]'), maxTokens: 100 });
            assert.equal(r.finishReason, 'COMPLETE');
            assert.ok(r.message.content[0].text.length > 0);
            assert.ok(r.usage.tokens.inputTokens > 0);
            judged(() => check_cohere_reply(JSON.parse(s.front.last.reply.body)));
            s.reset();
            let text = '', end = null;
            for await (const e of await cohere.chatStream({ model: name_of(upstream), messages: ask('[plain]'), maxTokens: 100 })) {
                if (e.type === 'content-delta') text += e.delta.message.content.text;
                if (e.type === 'message-end') end = e;
            }
            assert.equal(text, r.message.content[0].text);
            assert.equal(end.delta.finishReason, 'COMPLETE');
            judged(() => check_cohere_stream(s.front.last.reply.body));
            s.reset();
            const called = await cohere.chat({ model: name_of(upstream), messages: ask('[tool]'), tools: [weather], maxTokens: 100 });
            assert.equal(called.finishReason, 'TOOL_CALL');
            assert.equal(typeof JSON.parse(called.message.toolCalls[0].function.arguments), 'object');
            judged(() => check_cohere_reply(JSON.parse(s.front.last.reply.body)));
            s.reset();
            const calls = new Map();
            for await (const e of await cohere.chatStream({ model: name_of(upstream), messages: ask('[tool]'), tools: [weather], maxTokens: 100 })) {
                if (e.type === 'tool-call-start') calls.set(e.index, e.delta.message.toolCalls.function.arguments ?? '');
                if (e.type === 'tool-call-delta') calls.set(e.index, calls.get(e.index) + e.delta.message.toolCalls.function.arguments);
            }
            assert.deepEqual([...calls.values()].map(a => JSON.parse(a)), called.message.toolCalls.map(c => JSON.parse(c.function.arguments)));
            judged(() => check_cohere_stream(s.front.last.reply.body));
        });
        test(`ollama over ${upstream}: whole, streamed, tools, the second form`, { timeout: 60_000 }, async () => {
            const r = await ollama.chat({ model: name_of(upstream), messages: ask('[plain]'), options: { num_predict: 100 } });
            assert.ok(r.done && r.message.content.length > 0);
            // The fake counts nothing.
            if (upstream !== 'llama') assert.ok(r.eval_count > 0);
            let text = '', last = null;
            for await (const part of await ollama.chat({ model: name_of(upstream), messages: ask('[plain]'), stream: true, options: { num_predict: 100 } })) {
                text += part.message.content;
                last = part;
            }
            assert.equal(text, r.message.content);
            assert.ok(last.done && last.done_reason === 'stop');
            const called = await ollama.chat({ model: name_of(upstream), messages: ask('[tool]'), tools: [weather], options: { num_predict: 100 } });
            assert.equal(typeof called.message.tool_calls[0].function.arguments, 'object');
            const generated = await ollama.generate({ model: name_of(upstream), prompt: '[plain]', options: { num_predict: 100 } });
            assert.equal(generated.response, r.message.content);
        });
    }
    test('failures are those of the SDKs', { timeout: 30_000 }, async () => {
        await assert.rejects(cohere.chat({ model: 'nothing', messages: ask('x') }), e => e instanceof CohereError && e.statusCode === 404 && typeof e.body.message === 'string');
        await assert.rejects(ollama.chat({ model: 'nothing', messages: ask('x') }), e => e.name === 'ResponseError' && e.status_code === 404);
    });
    test('what clients of Ollama ask first', { timeout: 30_000 }, async () => {
        assert.ok((await ollama.list()).models.some(m => m.model === 'gpt'));
        assert.ok((await ollama.show({ model: 'gpt' })).capabilities.includes('completion'));
        assert.match((await ollama.version()).version, /^\d+\.\d+\.\d+$/);
        assert.deepEqual((await ollama.ps()).models, []);
    });
    for (const [name, path] of [['command', '/v2/chat'], ['llama', '/api/chat']])
        test(`openai over ${name}`, { timeout: 60_000 }, async () => {
            const r = await openai.chat.completions.create({ model: name, messages: ask('[plain]'), max_tokens: 100 });
            assert.ok(r.choices[0].message.content.length > 0);
            assert.equal(s.upstream_request.path, path);
            if (name === 'command') judged(() => check_cohere_request(s.upstream_request.json()));
            s.reset();
            let text = '';
            for await (const chunk of await openai.chat.completions.create({ model: name, messages: ask('[plain]'), max_tokens: 100, stream: true })) text += chunk.choices[0]?.delta.content ?? '';
            assert.equal(text, r.choices[0].message.content);
            s.reset();
            const called = await openai.chat.completions.create({ model: name, messages: ask('[tool]'), tools: [weather], max_tokens: 100 });
            assert.equal(called.choices[0].finish_reason, 'tool_calls');
            assert.equal(typeof JSON.parse(called.choices[0].message.tool_calls[0].function.arguments), 'object');
            if (name === 'command') judged(() => check_cohere_request(s.upstream_request.json()));
        });
    for (const [path, request] of full_requests('command'))
        test(`what goes to Cohere from ${path}${request.stream ? ', streamed,' : ''} is as its description has it`, { timeout: 30_000, skip: needs_description }, async () => {
            const reply = await post(s.url, path, request);
            assert.equal(reply.status, 200, await reply.text());
            assert.deepEqual(check_cohere_request(s.upstream_request.json()), []);
        });
});
