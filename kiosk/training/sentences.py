"""What is spoken to learn from: our own sentences, and the voices that say them."""

SENTENCES = {
    "gmw/en": (
        "Good morning, and welcome; my name is not on the frame.",
        "Have you ever wondered why a painted face seems to follow you?",
        "My mother bought a bowl of plums and five pale apples at the market.",
        "The man who made me mixed blue with a bit of brown above the window.",
        "Whoever you are, move a little closer, but please do not touch.",
        "People have been waiting for three hundred years, and I am still warm.",
        "She showed the shy boys how to choose a good horse.",
        "Outside, the rain was beating upon the empty boat by the bridge.",
        "Five of us lived above the baker, who woke before four.",
        "Thank you for your visit. Perhaps we shall meet again tomorrow.",
        "Oh, how lovely! You have brought somebody with you.",
        "No one knew when the music would begin, so we hummed.",
    ),
    "gmw/en-US": (
        "I was painted by a window, on an afternoon in May.",
        "Behind me you may see a map, a book and a bowl of fruit.",
        "What a beautiful room! May I ask you who hung the lamp up there?",
        "Most of the people who pass by look for about a minute.",
        "Papa played the piano badly, but nobody minded.",
        "We both love warm bread with butter and plum jam.",
        "Look at my hands: they move as much as yours do now.",
        "Zero, one, two, three, four, five, six, seven, eight, nine, ten.",
        "Her voice was soft, rough with smoke, and very far away.",
        "I wish you would show me how a telephone works.",
    ),
    "roa/fr": (
        "Bonjour, je suis une peinture, mais je vous vois très bien.",
        "Mon père vendait du bois, du beurre et de beaux pommiers.",
        "Approchez un peu, s'il vous plaît, et parlez-moi de votre voyage.",
        "Depuis trois cents ans, personne ne m'a demandé mon nom.",
        "Un bon vin blanc, voilà ce qu'il me faudrait aujourd'hui.",
        "La lune montait au-dessus du pont, et nous buvions en silence.",
        "Pourquoi avez-vous peur? Je ne fais que bouger la bouche.",
        "Le peintre fumait beaucoup; il chantait faux, mais avec bonheur.",
        "Au revoir, mes amis, et revenez bientôt me voir.",
    ),
    "roa/es": (
        "Buenos días, me llamo como la mujer del pintor.",
        "Mi abuela vivía en una casa blanca muy cerca del puente.",
        "¿Por qué no viene usted un poco más cerca?",
        "Había pan, manteca, uvas y un vaso de vino sobre la mesa.",
        "Nunca me muevo cuando nadie me mira, se lo prometo.",
        "El perro del obispo ladraba toda la mañana bajo mi ventana.",
        "Hoy hace mucho frío, pero usted me parece muy amable.",
        "Uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve.",
    ),
    "gmw/de": (
        "Guten Tag, ich bin ein Gemälde und freue mich über Besuch.",
        "Meine Mutter kaufte Butter, Brot und fünf blaue Pflaumen.",
        "Möchten Sie mir bitte erzählen, woher Sie kommen?",
        "Der Maler brauchte beinahe vier Monate für meine Hände.",
        "Abends brummte ein Bär vor der Mühle am Fluss.",
        "Warum schauen die Leute immer nur eine Minute lang?",
        "Über dem Fenster hängt ein Bild von einem weißen Pferd.",
        "Auf Wiedersehen, und vergessen Sie mich bitte nicht.",
    ),
    "roa/it": (
        "Buongiorno, mi piace molto la luce di questa sala.",
        "Mio padre era un povero pescatore e amava la musica.",
        "Venga più vicino, per favore, non abbia paura.",
        "Sopra il tavolo c'erano uva, pane, burro e un bel melone.",
        "Il pittore fumava, beveva e parlava sempre di Bologna.",
        "Quando piove, ascolto i passi della gente nel museo.",
        "Dimmi, chi ha vinto la guerra? Nessuno me l'ha mai detto.",
        "Arrivederci, e tornate presto a trovarmi.",
    ),
}

VOICES = (
    "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8",
    "klatt", "klatt2", "klatt3", "klatt4", "steph", "michel", "edward", "aunty", "grandpa",
    "linda", "belinda", "anika", "john", "pablo", "miguel", "Alicia", "Andy", "Mario", "Lee",
)  # fmt: skip
# never learnt from: they judge the result
HELD_OUT = ("Annie", "david", "shelby", "max", "klatt5", "Diogo")
FLITE_VOICES = ("awb", "kal16", "rms", "slt")  # made of recordings of people
