// SPDX-License-Identifier: BSL-1.0
// Azure Speech and AssemblyAI behind OpenAI's SDK. The upstream is a fake made of their documents: learn.microsoft.com/azure/ai-services/speech-service
// (rest-text-to-speech, fast-transcription-create), www.assemblyai.com/docs/api-reference.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { Gateway, master_key } from './lib/gateway.mjs';
import { needs_gateway } from './lib/stack.mjs';

const octets = Buffer.from([82, 73, 70, 70, 0, 10, 13, 255]);
const transcript = {
    id: 't-1', status: 'completed', text: 'Hi there. Bye.', language_code: 'en', audio_duration: 4,
    words: [{ text: 'Hi', start: 0, end: 300, confidence: 1 }, { text: 'there.', start: 350, end: 900, confidence: 1 }, { text: 'Bye.', start: 3000, end: 3500, confidence: 1 }],
};

describe('recordings', { timeout: 60_000, skip: needs_gateway }, () => {
    let g, openai, vendor, seen = [], looks = 0, state = 'completed';
    before(async () => {
        if (needs_gateway) return;
        vendor = http.createServer(async (request, reply) => {
            const parts = [];
            for await (const p of request) parts.push(p);
            const body = Buffer.concat(parts);
            seen.push({ method: request.method, url: request.url, headers: request.headers, body });
            const json = (status, value) => reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
            if (request.url === '/cognitiveservices/v1') return reply.writeHead(200, { 'content-type': 'audio/mpeg' }).end(octets);
            if (request.url.startsWith('/speechtotext/'))
                return json(200, { durationMilliseconds: 2500, combinedPhrases: [{ text: 'Good day.' }], phrases: [{ offsetMilliseconds: 100, durationMilliseconds: 900, text: 'Good day.', locale: 'en-GB', words: [{ text: 'Good', offsetMilliseconds: 100, durationMilliseconds: 300 }, { text: 'day.', offsetMilliseconds: 500, durationMilliseconds: 500 }] }] });
            if (request.headers.authorization !== 'aai-key') return json(401, { error: 'Authentication error, API token missing/invalid' });
            if (request.url === '/v2/upload') return json(200, { upload_url: 'https://cdn.assemblyai.com/upload/u-1' });
            if (request.url === '/v2/transcript') return json(200, { id: 't-1', status: 'queued' });
            if (request.url === '/v2/transcript/t-1/srt') return reply.writeHead(200, { 'content-type': 'text/plain' }).end('1\n00:00:00,000 --> 00:00:00,900\nHi there.\n');
            if (request.url === '/v2/transcript/t-1') return json(200, looks++ === 0 ? { id: 't-1', status: 'processing' } : state === 'error' ? { id: 't-1', status: 'error', error: 'File does not appear to contain audio' } : transcript);
            json(404, {});
        }).listen(0, '127.0.0.1');
        await once(vendor, 'listening');
        const origin = `http://127.0.0.1:${vendor.address().port}`;
        g = await Gateway.start({
            model_list: [
                { model_name: 'voice', litellm_params: { model: 'azure/speech/azure-tts', api_base: origin, api_key: 'az-key' } },
                { model_name: 'ears', litellm_params: { model: 'assemblyai/universal-3-pro', api_base: origin, api_key: 'aai-key' } },
            ],
            litellm_settings: { num_retries: 0 }, router_settings: { num_retries: 0, disable_cooldowns: true }, general_settings: { master_key },
        });
        openai = new OpenAI({ baseURL: `${g.origin}/v1`, apiKey: master_key, maxRetries: 0, timeout: 20_000 });
    });
    after(async () => {
        await g?.stop();
        vendor?.closeAllConnections();
        vendor?.close();
    });
    beforeEach(() => { seen = []; looks = 0; state = 'completed'; });
    const file = () => toFile(octets, 'a.wav', { type: 'audio/wav' });

    test('Azure speaks', async () => {
        const r = await openai.audio.speech.create({ model: 'voice', voice: 'nova', input: 'Cats & dogs', speed: 1.5, response_format: 'mp3' });
        assert.deepEqual(Buffer.from(await r.arrayBuffer()), octets);
        assert.equal(r.headers.get('content-type'), 'audio/mpeg');
        const { headers, body } = seen[0];
        assert.equal(headers['ocp-apim-subscription-key'], 'az-key');
        assert.equal(headers['content-type'], 'application/ssml+xml');
        assert.equal(headers['x-microsoft-outputformat'], 'audio-24khz-48kbitrate-mono-mp3');
        assert.ok(headers['user-agent']);
        assert.match(body.toString(), /<voice name="en-US-AmberNeural"><prosody rate="\+50%">Cats &amp; dogs<\/prosody><\/voice>/);
    });
    test('Azure transcribes', async () => {
        const r = await openai.audio.transcriptions.create({ model: 'voice', file: await file(), language: 'en', response_format: 'verbose_json' });
        assert.equal(r.text, 'Good day.');
        assert.equal(r.segments[0].end, 1);
        assert.equal(r.words[1].word, 'day.');
        assert.equal(seen[0].url, '/speechtotext/transcriptions:transcribe?api-version=2024-11-15');
        assert.ok(seen[0].body.includes(octets));
        assert.match(seen[0].body.toString('latin1'), /name="definition"\r\n\r\n\{"locales":\["en-US"\]\}/);
    });
    test('AssemblyAI is waited for', async () => {
        const r = await openai.audio.transcriptions.create({ model: 'ears', file: await file() });
        assert.equal(r.text, 'Hi there. Bye.');
        assert.deepEqual(seen.map(s => `${s.method} ${s.url}`), ['POST /v2/upload', 'POST /v2/transcript', 'GET /v2/transcript/t-1', 'GET /v2/transcript/t-1']);
        assert.deepEqual(seen[0].body, octets);
        assert.deepEqual(JSON.parse(seen[1].body), { speech_model: 'universal-3-pro', language_detection: true, audio_url: 'https://cdn.assemblyai.com/upload/u-1' });
        const verbose = await openai.audio.transcriptions.create({ model: 'ears', file: await file(), response_format: 'verbose_json' });
        assert.equal(verbose.segments.length, 2);
        assert.equal(verbose.duration, 4);
    });
    test('its subtitles and its refusals', async () => {
        const srt = await openai.audio.transcriptions.create({ model: 'ears', file: await file(), response_format: 'srt' });
        assert.equal(srt, '1\n00:00:00,000 --> 00:00:00,900\nHi there.\n');
        looks = 0;
        state = 'error';
        await assert.rejects(openai.audio.transcriptions.create({ model: 'ears', file: await file() }), e => e.status === 422 && /does not appear to contain audio/.test(e.message));
    });
});
