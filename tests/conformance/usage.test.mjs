// SPDX-License-Identifier: BSL-1.0
// Token counts with their details, from each upstream's words into each client's.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { check_chat_reply } from './lib/ajv_openai.mjs';
import { check_message } from './lib/anthropic_sequence.mjs';
import { cells, dialect_of, facades } from './lib/facades.mjs';
import { check_generate_reply } from './lib/gemini_protos.mjs';
import { needs_gateway, Stack, through_gateway } from './lib/stack.mjs';

// 100 tokens in (40 of them from the cache), 30 out (12 of them thought): what aimock cannot say.
const openai_usage = {
    prompt_tokens: 100, completion_tokens: 30, total_tokens: 130, prompt_tokens_details: { cached_tokens: 40, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 12, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};
const head = { id: 'chatcmpl-1', created: 1_760_000_000, model: 'gpt-4o' };
const openai_chunk = (choices, more = {}) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const anthropic_usage = { input_tokens: 55, cache_read_input_tokens: 40, cache_creation_input_tokens: 5, output_tokens: 30 };
const anthropic_message = (content, stop_reason, usage) => ({
    id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6', content, stop_reason, stop_sequence: null, usage,
});
const event = e => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`;
const gemini_usage = { promptTokenCount: 100, cachedContentTokenCount: 40, candidatesTokenCount: 18, thoughtsTokenCount: 12, totalTokenCount: 130 };
const gemini_reply = {
    candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text: 'Counted.' }] } }],
    usageMetadata: gemini_usage, modelVersion: 'gemini-2.5-flash', responseId: 'r-1',
};
const replies = {
    openai: {
        whole: {
            ...head, object: 'chat.completion',
            choices: [{ index: 0, message: { role: 'assistant', content: 'Counted.', refusal: null }, logprobs: null, finish_reason: 'stop' }], usage: openai_usage,
        },
        stream: [
            openai_chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
            openai_chunk([{ index: 0, delta: { content: 'Counted.' }, finish_reason: null }]),
            openai_chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
            openai_chunk([], { usage: openai_usage }), 'data: [DONE]\n\n',
        ],
        check: check_chat_reply,
    },
    anthropic: {
        whole: anthropic_message([{ type: 'text', text: 'Counted.', citations: null }], 'end_turn', anthropic_usage),
        stream: [
            event({ type: 'message_start', message: anthropic_message([], null, { ...anthropic_usage, output_tokens: 1 }) }),
            event({ type: 'ping' }),
            event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } }),
            event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Counted.' } }),
            event({ type: 'content_block_stop', index: 0 }),
            event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 30 } }),
            event({ type: 'message_stop' }),
        ],
        check: check_message,
    },
    gemini: { whole: gemini_reply, stream: [`data: ${JSON.stringify(gemini_reply)}\r\n\r\n`], check: check_generate_reply },
};

describe('usage', { timeout: 120_000 }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());

    test('the written replies satisfy their judges', () => {
        for (const [, r] of Object.entries(replies)) assert.deepEqual(r.check(r.whole), []);
    });
    for (const { facade, upstream } of cells(through_gateway))
        for (const stream of [false, true])
            test(`${facade} client, ${upstream} upstream${stream ? ', streamed' : ''}`, { timeout: 30_000 }, async () => {
                const f = facades[facade], r = replies[dialect_of[upstream]];
                s.back.script({ reply: stream ? { headers: { 'content-type': 'text/event-stream' }, parts: r.stream } : { body: JSON.stringify(r.whole) } });
                const got = await f.send(f.make(s.url, s.key), s.model(upstream), f.start({ prompt: 'Count' }), { stream });
                assert.equal(got.text, 'Counted.');
                const { reasoning, ...rest } = got.usage;
                assert.deepEqual(rest, { input: 100, output: 30, cached: 40 });
                // Anthropic counts thoughts as output without telling them apart.
                if (upstream !== 'anthropic' && f.dialect !== 'anthropic') assert.equal(reasoning, 12);
                await s.verify();
            });
    for (const { facade, upstream } of cells(through_gateway).filter(c => facades[c.facade].dialect === 'openai'))
        test(`${facade} client, ${upstream} upstream: a stream without include_usage has no usage chunk`, { skip: needs_gateway, timeout: 30_000 }, async () => {
            const f = facades[facade];
            let chunks = 0;
            for await (const { raw } of f.raw_stream(f.make(s.url, s.key), s.model(upstream), f.start({ prompt: '[plain]' }))) {
                assert.ok(!raw.usage, JSON.stringify(raw));
                ++chunks;
            }
            assert.ok(chunks > 2);
            await s.verify();
        });
});
