// SPDX-License-Identifier: BSL-1.0
// Speech, transcriptions and translations through OpenAI's SDK.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { check_schema } from './lib/ajv_openai.mjs';
import { upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

// Every byte, and what looks like the end of a form.
const octets = Buffer.concat([Buffer.from('RIFF\r\n--'), Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.alloc(100_000, '\r\n')]);
const recording = () => toFile(octets, 'hello.wav', { type: 'audio/wav' });
const says = (type, ...parts) => ({ reply: { status: 200, headers: { 'content-type': type }, parts } });
const json = body => says('application/json', JSON.stringify(body));
const event = e => `data: ${JSON.stringify(e)}\n\n`;
const form_of = x => new Response(x.body, { headers: { 'content-type': x.headers['content-type'] } }).formData();
const token_usage = { type: 'tokens', input_tokens: 14, input_token_details: { text_tokens: 10, audio_tokens: 4 }, output_tokens: 31, total_tokens: 45 };

describe('audio', { timeout: 120_000, skip: needs_gateway }, () => {
    let s, client, azure;
    before(async () => {
        if (needs_gateway) return;
        const row = (origin, name, upstream) => ({ model_name: name, litellm_params: { model: `openai/${upstream}`, api_key: upstream_keys.openai, api_base: `${origin}/v1` } });
        s = await Stack.start({ config: origin => ({ extra_models: [row(origin, 'tts', 'gpt-4o-mini-tts'), row(origin, 'stt', 'whisper-1')] }) });
        client = new OpenAI({ baseURL: `${s.url}/v1`, apiKey: s.key, maxRetries: 0, timeout: 15_000 });
        azure = model => new AzureOpenAI({ endpoint: s.url, apiKey: s.key, apiVersion: '2024-10-21', deployment: model, maxRetries: 0, timeout: 15_000 });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());

    for (const type of ['audio/mpeg', 'audio/wav', 'audio/opus'])
        test(`speech as ${type}`, { timeout: 30_000 }, async () => {
            s.back.script(says(type, octets.subarray(0, 100), octets.subarray(100)));
            const r = await client.audio.speech.create({ model: 'tts', voice: 'nova', input: 'Hello', instructions: 'softly', speed: 1.5 });
            assert.equal(r.headers.get('content-type'), type);
            assert.deepEqual(Buffer.from(await r.arrayBuffer()), octets);
            const x = s.upstream_request;
            assert.equal(x.path, '/v1/audio/speech');
            assert.deepEqual(x.json(), { model: 'gpt-4o-mini-tts', voice: 'nova', input: 'Hello', instructions: 'softly', speed: 1.5 });
            assert.deepEqual(check_schema('CreateSpeechRequest', x.json()), []);
        });
    test('speech as events', { timeout: 30_000 }, async () => {
        const events = [event({ type: 'speech.audio.delta', audio: octets.toString('base64') }), event({ type: 'speech.audio.done', usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 } })];
        s.back.script(says('text/event-stream', ...events));
        const r = await client.audio.speech.create({ model: 'tts', voice: 'nova', input: 'Hello', stream_format: 'sse' });
        assert.match(r.headers.get('content-type'), /^text\/event-stream/);
        assert.equal(await r.text(), events.join(''));
    });
    test('speech that breaks off', { timeout: 30_000 }, async () => {
        s.back.script({ reply: { status: 200, headers: { 'content-type': 'audio/mpeg', 'content-length': octets.length + 1000, connection: 'close' }, parts: [octets] } });
        const r = await client.audio.speech.create({ model: 'tts', voice: 'nova', input: 'Hello' });
        await assert.rejects(r.arrayBuffer());
    });
    test('speech that the provider refuses', { timeout: 30_000 }, async () => {
        s.back.script({ reply: { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: { message: 'no such voice', type: 'invalid_request_error', param: 'voice', code: null } }) } });
        await assert.rejects(client.audio.speech.create({ model: 'tts', voice: 'x', input: 'Hello' }), OpenAI.BadRequestError);
    });
    test('another provider', { timeout: 30_000 }, async () => {
        const e = await client.audio.speech.create({ model: s.model('anthropic'), voice: 'x', input: 'Hello' }).then(() => null, x => x);
        assert.equal(e.status, 501);
        assert.match(e.message, /has no speech/);
        assert.equal(s.back.exchanges.length, 0);
    });

    test('transcription as JSON', { timeout: 30_000 }, async () => {
        s.back.script(json({ text: 'Hello.', usage: token_usage }));
        const r = await client.audio.transcriptions.create({ model: 'stt', file: await recording(), language: 'en', temperature: 0, timestamp_granularities: ['word', 'segment'], chunking_strategy: { type: 'server_vad', threshold: 0.5 } });
        assert.equal(r.text, 'Hello.');
        assert.deepEqual(r.usage, token_usage);
        const x = s.upstream_request, form = await form_of(x);
        assert.equal(x.path, '/v1/audio/transcriptions');
        assert.equal(x.headers.authorization, `Bearer ${upstream_keys.openai}`);
        assert.equal(form.get('model'), 'whisper-1');
        assert.equal(form.get('file').name, 'hello.wav');
        assert.deepEqual(Buffer.from(await form.get('file').arrayBuffer()), octets);
        // All else as the SDK wrote it.
        assert.equal(x.body.toString('latin1').replace('whisper-1', 'stt'), s.front.last.body.toString('latin1'));
        assert.deepEqual(check_schema('CreateTranscriptionResponseJson', JSON.parse(s.front.last.reply.body)), []);
    });
    test('transcription as verbose JSON', { timeout: 30_000 }, async () => {
        const answer = { task: 'transcribe', language: 'english', duration: 1.5, text: 'Hello.', words: [{ word: 'Hello', start: 0, end: 1 }], segments: [], usage: { type: 'duration', seconds: 2 } };
        s.back.script(json(answer));
        assert.deepEqual(await client.audio.transcriptions.create({ model: 'stt', file: await recording(), response_format: 'verbose_json' }), answer);
        assert.deepEqual(check_schema('CreateTranscriptionResponseVerboseJson', JSON.parse(s.front.last.reply.body)), []);
    });
    for (const [format, type] of [['text', 'text/plain; charset=utf-8'], ['srt', 'text/plain; charset=utf-8'], ['vtt', 'text/vtt']])
        test(`transcription as ${format}`, { timeout: 30_000 }, async () => {
            s.back.script(says(type, 'Hel', 'lo.\n'));
            assert.equal(await client.audio.transcriptions.create({ model: 'stt', file: await recording(), response_format: format }), 'Hello.\n');
            assert.equal(s.front.last.reply.headers['content-type'], type);
        });
    test('transcription as events', { timeout: 30_000 }, async () => {
        s.back.script(says('text/event-stream', event({ type: 'transcript.text.delta', delta: 'Hel' }), event({ type: 'transcript.text.delta', delta: 'lo.' }), event({ type: 'transcript.text.done', text: 'Hello.', usage: token_usage })));
        const seen = [];
        for await (const e of await client.audio.transcriptions.create({ model: 'stt', file: await recording(), stream: true })) seen.push(e);
        assert.deepEqual(seen.map(e => e.type), ['transcript.text.delta', 'transcript.text.delta', 'transcript.text.done']);
        assert.deepEqual(seen[2].usage, token_usage);
        for (const e of seen) assert.deepEqual(check_schema('CreateTranscriptionResponseStreamEvent', e), []);
    });
    test('transcription whose events break off', { timeout: 30_000 }, async () => {
        s.back.script(says('text/event-stream', event({ type: 'transcript.text.delta', delta: 'Hel' })));
        const read = async () => { for await (const e of await client.audio.transcriptions.create({ model: 'stt', file: await recording(), stream: true })) void e; };
        await assert.rejects(read());
    });
    test('transcription of something else than a form', { timeout: 30_000 }, async () => {
        const r = await fetch(`${s.url}/v1/audio/transcriptions`, { method: 'POST', headers: { authorization: `Bearer ${s.key}`, 'content-type': 'application/json' }, body: '{"model":"stt"}' });
        assert.equal(r.status, 415);
        await r.arrayBuffer();
        assert.equal(s.back.exchanges.length, 0);
    });
    test('transcription through the SDK of Azure', { timeout: 30_000 }, async () => {
        s.back.script(json({ text: 'Hello.' }));
        assert.equal((await azure('stt').audio.transcriptions.create({ model: 'stt', file: await recording() })).text, 'Hello.');
        assert.equal((await form_of(s.upstream_request)).get('model'), 'whisper-1');
    });

    test('translation', { timeout: 30_000 }, async () => {
        s.back.script(json({ text: 'Hello.' }));
        assert.equal((await client.audio.translations.create({ model: 'stt', file: await recording(), prompt: 'p' })).text, 'Hello.');
        const form = await form_of(s.upstream_request);
        assert.equal(s.upstream_request.path, '/v1/audio/translations');
        assert.equal(form.get('prompt'), 'p');
    });
});
