"""Words beside names of places, and words that are names only by accident."""

_LEADS = """
    a au aux de du d en dans vers chez sur ici pres village villages quartier commune cercle
    ville site fraction campement hameau region secteur point
"""
_UNITS = """
    f fr fcfa cfa franc francs kg kilo kilos menages menage personnes pers sacs sac litres
"""
_LINKS = """
    a au aux de du des d l la le les en dans vers chez ici pres c est
"""
_KINDS = """
    village villages quartier commune communes cercle region ville site camp hameau
"""
_ORDINARY = """
    accord accouchement acheter adama affaire agent agents aide aider ainsi alimentaire allait
    allons alors ami amis ane appel apres arachide argent armes arret arreter arrive arriver
    attaque attendre attente aucun aucune aujourdhui aura auront aussi autorite autour autre
    autres avaient avait avant avec avoir avons baba baby bache baches bagages bague balle
    bambara bambou banane banco bande bandit bandits bang bangui banque banques barbe barre
    bateau beaucoup bebe bella belle belles beni berger besoin besoins betail bidon bien blesse
    blesses boeuf boeufs boire boisson bonjour bonne bonsoir bornes bosse boubou bouche bouge
    boule boum boutique bureau cache cachee caisse camion camp campagne campement cantine carre
    carte cartes casse casser cause cede celle celles celui centre ces cet cette ceux chacun
    chaine champ champs change changer chaque charge chasse chateau chateaux chauffeur chef
    chefs chemin cheque cher cherche chere chevre chevres chien choisir chose choses classe
    colere colis colle combien comite comites comme comment commercant commercants commis
    commission commun commune communes compte conflit congo conseil conseiller consultation
    continue contre copain copains corruption cote coupon coups courage course cousin cousins
    couverture cuisine cultivateur dame dans date dattes degue dela demain demande demander
    deplaces depuis dernier derniere derriere deux devant diallo diane diarrhee dire disant
    distribue distribuer distribution distributions dodo dogon dogons doit doivent dome donc
    donna donne donnee donner donnes douane double eaux ecole egalement eleve eleves eleveur
    eleveurs elle elles enceinte encore enfant enfants enleve ensemble ensuite entre entree
    equipe erreur essaie essence etaient etait etat etes exclus exclusion facile faire fait
    famille familles famine farine fatigue faut faute favoritisme femme femmes fera ferme fermee
    fermer feront fidele fievre file fille filles finale fleuve foire fois fontaine forage force
    forgeron fraction fractions frais france francs frappe frappee frapper frere fuir fuite
    fumee gagne garde garder gare gens gourde grand grande gratuit gratuite gratuitement grave
    grossesse groupe groupes guerre habitant habitants hameau hameaux haricot haricots hier
    hippodrome homme hommes hopital huile humanitaire ici identification igname imam impossible
    infirmier infirmiere inondation inscription inscrire inscrit inscrits insecurite insulte
    insultes jamais jambe jardin jeune jeunes jour journee jours jusque kilo kilos kits lait
    lame langue laquelle latrine latrines lequel lesquels lettre leur leurs liberte ligne liste
    listes livre logo loin longue lorsque louer lutte madame maintenant maire mairie mais maison
    maitre maitres malade malades maladie male mali malien malnutri malnutris mane mange manger
    manioc manque marabout marche mari marigot matin matinee matrone mauvais mauvaise medecin
    medicament medicaments medine menace menaces menage menages menee merci mere mes messe
    mesure mettre midi mien million mine mission mois moitie monde monsieur montant mort morts
    mosquee moto moulin moussa moustiquaire mouton moutons moyen nana nations natte neveu niebe
    nina nom nomade nomades nombre nommer noms nos notre nourriture nous nouveau nouvel nuit
    numero numeros oignon ont ordonnance organisation orphelin ouvert paiement palu paludisme
    panne parce pare parent parente parents parfois pari parle partage partager partie partir
    passe passee paye payer pays pecheur pecheurs pendant perdu personne personnes petit petite
    peul peuls peur peut peuvent pharmacie pieds pique pirogue place plainte plateau pluie plus
    point pointe points poisson pomme pompe pompes porte poste pour pourquoi pouvoir premier
    prend prendre prenom pres president presque prive prix probleme problemes projet promis
    publique puisque puits quand quantite quartier quatre quelle quelles quelque quitte quoi
    raison rapport ration rations recense recensement recoit recu recue recus refuse region
    relais repas reste retard revendre riche riches rien risque robinet rougeole route saga sage
    sagefemme sahel saison sait sale salle salut samba same sans sante sara savane savent savoir
    savon savons scene scolaire seau seaux seche secrete secteur sel selle semaine semaines seme
    semences semer semoule sens sera serait seront serre service ses seul seule seulement siecle
    siecles signaler signes silo sinon sire site soignant soir soiree soirs sole solo sombre
    somme sommes sommet songhay sonne sont sorgho soumis sous soute soutes souvent sucre suite
    table tabou taille tandis tante tape tard tele telephone telle tente tentes terre terres tes
    tiene tiens tire togo tole tomate tombe tombee tomber touareg touche toujours tour tourne
    tous tout toute toutes transporteur traore travail tres triche tricher trop trouve trouver
    urgence vaccin vaccination vache vente verite vers veulent veut viande vider vieille vient
    vieux village villages ville violence vision vitrine vivre vivres voici voir voisin vole
    voler voleur voleurs vont vos votre voulons vous vrai vraiment
"""

# What a screen says of a centre when the programme has not filled it in: H5, P11, C4c.
FEE_UNKNOWN, HOURS_UNKNOWN = "Prix pas connu", "heures pas connues"
NUMBER_UNKNOWN, CENTRE_HERE = "pas connu", "sur place"

LEADS = frozenset(_LEADS.split())
"""Words before a name of a place; without one, mostly names of the programme are believed."""

UNITS = frozenset(_UNITS.split())
"""What makes the four digits before it a quantity instead of a place code."""

LINKS = frozenset(_LINKS.split())
"""Little words around a name in an answer to a question for it."""

KINDS = frozenset(_KINDS.split())
"""What sort of place it is, said before its name."""

CENTRES = frozenset(("cscom", "csref", "hopital", "clinique", "polyclinique"))
"""What sort of health facility it is, a part of its name."""

IN_BRACKETS = frozenset(("amont", "aval", "village", "villag", "ethameaux", "campement"))
"""Folded remarks in brackets that are no second name."""

ORDINARY = frozenset(_ORDINARY.split())
"""Ordinary words of French and of complaints, and names of people, that are villages of Mali too
or one letter off. Such a village is found by its code, or when a place is asked for."""
