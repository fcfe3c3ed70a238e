"""Function words: the small words that every longer text of a language is full of, whatever it is about."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {
    "Catalan": """
        el els la les un una uns unes de del dels al als amb per però que què com quan on si no és són
        era ha han he hem està estan ser tenir té tinc meu meva seu seva nostre aquest aquesta això molt
        més també ja només fins des sobre sense vostè vosaltres gràcies ens ho hi us em es pot puc cal
        vol aquí pel pels dins així perquè fer heu podeu
    """,
    "Croatian or Serbian": """
        na je se da su za od do sa kao koji koja koje što šta ili ali ako kada gdje kako zašto ne nije
        nisam bio bila bilo biti sam smo ste može možete mogu molim hvala vam vas nam nas moj moja vaš
        vaša ovo to taj ovaj samo još već vrlo prije poslije bez kod pri te nego treba imam ima gde pre
        posle ovde jer bi će
    """,
    "Czech or Slovak": """
        na je se že do ale jako za po od který která které když pokud kde jak proč co ne není jsem jsou
        jste byl byla bylo být mám máte může můžete mohu prosím děkuji vám vás nám nás můj moje váš vaše
        toto tento jen ještě už velmi před bez při nebo také jeho její si pro ve ze sa ako ktorý ktorá
        ktoré keď ak prečo čo nie som sú ste bol bola bolo byť môže môžete môžem ďakujem môj moja vaša
        len ešte veľmi pred pri alebo tiež jej pre vo zo
    """,
    "Danish or Norwegian": """
        og at er en et den det de der som på af for til med har ikke jeg du han hun vi kan vil skal var
        være blive blev min mit mine din jeres vores sin sig men eller hvis når hvor hvad hvordan
        hvorfor fra om ud op ned meget også kun efter før uden ved hos tak nogen noget denne dette
        bliver av ble blir mitt deres vår seg hva ut opp mye veldig bare etter uten takk noen noe
    """,
    "Dutch": """
        de het een en van in is dat die niet op te zijn met voor er aan om ook als maar bij of uit naar
        dan wat wie waar hoe waarom wanneer ik je jij hij zij wij we mijn uw ons onze jullie kan kunt
        kunnen wordt worden heb heeft hebben was waren al nog wel geen deze dit door over na tot zonder
        graag
    """,
    "English": """
        the an and of to in is are was were be been for on with at by from as that this these those it
        its you your my me we our us he she they them their his her not no but or if then than so do
        does did have has had can could will would should may might must there here what which who how
        when where why into about after before over out up only also just any all some more very am
    """,
    "Estonian": """
        ja on ei et see ka kui mis kes oli olen oled oleme olete selle seda siis aga või ning nii kuid
        mida kus kuidas miks millal ma mina sa te teie meie minu teil meil mul saab saan saate palun
        tänan kas veel juba ainult väga pärast enne ilma kuni ole pole oma need neid
    """,
    "Finnish": """
        ja on ei että se oli hän mutta kun niin tai jos myös vain voi voit olen olet ovat ole minä sinä
        te me minun sinun teidän meidän tämä tämän joka jotka mikä mitä missä miten miksi milloin kuin
        jo vielä hyvin ennen jälkeen ilman kanssa sen siitä ne en et emme ette pitää kiitos
    """,
    "French": """
        le la les un une des de du et au aux en dans est sont était été être il elle ils elles je tu
        nous vous mon ma mes ton votre vos notre nos son sa ses leur ce cet cette ces que qui quoi dont
        où ne pas plus pour par sur avec sans sous mais ou donc si comme quand comment pourquoi ont avez
        avons peut pouvez très aussi merci bonjour qu
    """,
    "German": """
        der die das den dem des ein eine einen einem einer und oder aber in im an am auf aus bei mit
        nach von vom zu zum zur für ist sind war waren wird werden hat haben habe ich du er sie es wir
        ihr ihre ihren ihnen mein meine meinen unser unsere sich nicht kein keine wenn dass als wie was
        wer wo warum wann kann können muss müssen soll auch nur noch schon sehr bitte über durch ohne
        bis
    """,
    "Hungarian": """
        az és hogy nem is egy ez azt ezt van volt vagy ha de csak már még meg mint ki mi mit hol hogyan
        miért mikor én te ti ők nekem önnek önök kell lehet lesz tud tudom köszönöm kérem nagyon után
        előtt nélkül között szerint amely ami aki akkor itt ott minden vagyok vannak be el fel majd így
        ahol sem ezek úgy valamint illetve
    """,
    "Indonesian": """
        yang dan di ke dari untuk dengan ini itu tidak ada adalah saya anda kami kita mereka dia akan
        bisa dapat sudah telah belum atau jika kalau pada oleh dalam karena juga hanya lebih sangat apa
        apakah siapa bagaimana mengapa kapan tolong silakan terima kasih sebagai agar bahwa tersebut
        harus
    """,
    "Italian": """
        il lo la gli le un uno una di del della dei delle dello al alla ai alle da dal dalla in nel
        nella con su sul sulla per tra fra ma se che chi cui non sono era essere ho ha hai abbiamo hanno
        mio mia miei vostro nostro suo sua questo questa quello come quando dove perché cosa anche più
        molto già solo senza può posso puoi mi ti si ci vi grazie ed
    """,
    "Latvian": """
        un ir no ar uz par ka kas kā vai bet ja arī nav es jūs mēs viņš viņa tas tā šis šī mans jūsu
        mūsu lai pēc pirms bez līdz pie to tikai jau vēl ļoti kur kad kāpēc kādēļ būs bija var varat
        lūdzu paldies tiek tad savu būtu šo
    """,
    "Lithuanian": """
        ir yra kad iš su ne tai kaip bet ar jei jūs mes aš jis ji šis ši mano jūsų mūsų už po prie iki
        per tik jau dar labai kur kada kodėl kas buvo bus gali galite prašome ačiū be nuo apie taip pat
        kuris
    """,
    "Polish": """
        na ze do się nie to jest są że jak po od za przez dla ale lub czy co kto gdzie kiedy dlaczego
        jeśli który która które był była było być mam ma mają może mogę można proszę dziękuję mnie mi
        mój moja pana pani państwo nas nam wam tego ten ta te już jeszcze tylko bardzo przed bez przy
        oraz także by którym bardziej gdy aby tym jego ich więc jednak będzie tak
    """,
    "Portuguese": """
        os as um uma uns de do da dos das em no na nos nas ao aos por pelo pela para com sem sobre ou
        mas se que quem qual não são era ser está estão foi tem tenho temos meu minha seu sua nosso
        nossa você vocês eu ele ela isto isso este esta como quando onde porque mais muito também já só
        até pode posso obrigado obrigada lhe me
    """,
    "Romanian": """
        și în de la cu pe un ce care nu este sunt era fi am ai are au să se din pentru că dar sau dacă
        unde cum când cine eu tu el ea noi voi mea meu dumneavoastră nostru acest această mai foarte
        doar după înainte fără prin până poate pot vă rog mulțumesc mi îmi le lui cel cea
    """,
    "Spanish": """
        el la los las un una unos unas de del al en con por para sin sobre pero si que qué quién cómo
        cuándo dónde porque no es son era ser está están fue ha han he hemos tiene tengo mi mis su sus
        nuestro nuestra usted ustedes yo tú él ella lo le les se me nos este esta esto ese más muy
        también ya solo hasta desde puede puedo gracias hay
    """,
    "Swedish": """
        och att är en ett den det de som på av för till med har inte jag du han hon vi kan vill ska var
        vara blir blev min mitt mina din er vår sin sig men eller om när vad hur varför från ut upp ner
        mycket också bara efter före utan vid hos tack någon något denna detta ni
    """,
    "Turkish": """
        ve bir bu da de için ile ne mi mı mu mü var yok değil ben sen biz siz onlar benim sizin bizim
        çok daha en gibi kadar sonra önce ama veya ya eğer nasıl neden nerede zaman hangi kim olarak
        olan oldu olur olduğu lütfen teşekkür ederim her şey şu ancak göre bunu ise yapın böyle bunun
        içinde üzerine şimdi olup
    """,
    "Vietnamese": """
        và là của có không được cho trong với các những một này đó khi từ đến để người tôi bạn chúng anh
        chị em ra vào nếu như thì mà đã sẽ đang cũng rất chỉ hay hoặc vì sao nào gì đâu bao xin cảm ơn
        vui lòng
    """,
}

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in LANGUAGES.items()
}

COURTESIES = """
    please thanks thank hello hi hey dear kindly help sorry sir madam just really now
    bitte danke hallo guten tag moin servus gerne liebe lieber
    merci bonjour salut bonsoir svp cordialement
    gracias hola buenos buenas días tardes favor
    obrigado obrigada olá bom dia boa tarde
    grazie ciao salve buongiorno buonasera prego cortesemente
    bedankt dank hoi goedendag graag alstublieft alsjeblieft
    hej hallå hei tack takk tak vänligen venligst vennligst
"""
COURTESY = frozenset(COURTESIES.split())
"""Words of greeting and asking: they never change what a question asks."""
