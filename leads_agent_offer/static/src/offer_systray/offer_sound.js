/**
 * Two short tones, made by the browser: there is no file to load.
 *
 * Browsers play nothing before somebody has clicked on the page, and some play nothing at all: then there is no sound.
 */
export const offerSound = {
    play() {
        const Context = window.AudioContext || window.webkitAudioContext;
        if (!Context || navigator.userActivation?.hasBeenActive === false) {
            return;
        }
        try {
            const context = new Context();
            const volume = context.createGain();
            volume.gain.value = 0.08;
            volume.connect(context.destination);
            const tones = [660, 880].map((frequency, nr) => {
                const tone = context.createOscillator();
                tone.frequency.value = frequency;
                tone.connect(volume);
                tone.start(context.currentTime + nr * 0.16);
                tone.stop(context.currentTime + nr * 0.16 + 0.14);
                return tone;
            });
            tones.at(-1).onended = () => context.close().catch(() => {});
        } catch {
            // No sound, then: the counter says the same.
        }
    },
};
