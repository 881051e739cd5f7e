/* The countdown of an offer, and a guard against double clicks. The page works without it and also states the
deadline. */
(function () {
    "use strict";

    /** 75 seconds: "1:15"; more than a day: "2 d 3:00:00". */
    function asClock(seconds) {
        const days = Math.floor(seconds / 86400);
        const hours = Math.floor(seconds / 3600) % 24;
        const minutes = Math.floor(seconds / 60) % 60;
        const two = (number) => String(number).padStart(2, "0");
        const clock =
            days || hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
        return days ? `${days} d ${clock}` : clock;
    }

    function countDown(countdown) {
        // Count from the seconds left, because the clock of the device may be wrong.
        const end = Date.now() + Number(countdown.dataset.seconds) * 1000;
        const [lastMinute] = document.getElementsByClassName("last_minute");
        countdown.hidden = false;
        const tick = () => {
            const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
            countdown.textContent = asClock(left);
            countdown.classList.toggle("urgent", left <= 60);
            if (left <= 60 && lastMinute) {
                lastMinute.hidden = false;
            }
            if (!left) {
                clearInterval(timer);
                // No reload: the page may be the response to a form.
                setTimeout(() => window.location.replace(countdown.dataset.page), 2000);
            }
        };
        const timer = setInterval(tick, 1000);
        tick();
    }

    for (const countdown of document.getElementsByClassName("countdown")) {
        countDown(countdown);
    }
    document.addEventListener("submit", (ev) => {
        for (const button of ev.target.getElementsByTagName("button")) {
            button.disabled = true;
        }
    });
    // The page was restored by the back button and may be outdated.
    window.addEventListener("pageshow", (ev) => {
        if (ev.persisted) {
            window.location.reload();
        }
    });
})();
